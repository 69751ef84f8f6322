"""Choices and scores of many members -> how much each architecture, loss and rate matters."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from geoseg.ranking.counting import percentiles
from geoseg.ranking.results import Effect, Factor

Figures = NDArray[np.float64]
FEWEST = 6
"""Members below which effects say nothing."""


def main_effects(
    choices: Sequence[Mapping[str, str]], scores: Sequence[float], resamples: int, seed: int
) -> tuple[Factor, ...]:
    """Fit score = mean + architecture + loss + rate, each level's effect against the mean.

    The effects of a factor sum to 0 over its levels. Intervals come of drawing anew what the fit
    leaves of each member (Freedman 1981, doi:10.1214/aos/1176345638), widened for the choices
    already fitted, so that no draw lacks a level. A factor's share is the variance that only it
    explains: what the fit loses without it.

    Args:
        choices: One a member: factor -> level.
        scores: F1 of each.
        resamples: Draws of what the fit leaves.
        seed: Chooses the draws.

    Returns:
        The factors that vary, most important first; nothing for too few members.
    """
    names = (
        [name for name in choices[0] if len({own[name] for own in choices}) > 1] if choices else []
    )
    if len(choices) < FEWEST or not names:
        return ()
    score = np.asarray(scores, np.float64)
    levels = {name: sorted({own[name] for own in choices}, key=_natural) for name in names}
    design = {name: _design([own[name] for own in choices], levels[name]) for name in names}
    fitted = _fit(design, score[:, None])
    drawn = _fit(design, _drawn(design, score, resamples, seed))
    explained = _explained(design, score)
    factors = []
    for name in names:
        rest = _explained({other: own for other, own in design.items() if other != name}, score)
        own = [choice[name] for choice in choices]
        rows = zip(levels[name], fitted[name], drawn[name], strict=True)
        effects = tuple(_effect(level, own, effect, draws) for level, effect, draws in rows)
        share = max(0.0, explained - rest)
        factors.append(Factor(name=name, share=share, levels=effects))
    return tuple(sorted(factors, key=lambda factor: -factor.share))


def _effect(level: str, own: Sequence[str], effect: Figures, drawn: Figures) -> Effect:
    low, high = percentiles(drawn)
    return Effect(
        level=level, members=own.count(level), effect=float(effect[0]), low=low, high=high
    )


def _design(own: Sequence[str], levels: Sequence[str]) -> Figures:
    """Return (member, level - 1): 1 at the own level, -1 everywhere at the last one."""
    places = np.array([levels.index(level) for level in own])
    return np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])[places]


def _table(design: Mapping[str, Figures], members: int) -> Figures:
    return np.hstack([np.ones((members, 1)), *design.values()])


def _fit(design: Mapping[str, Figures], scores: Figures) -> dict[str, Figures]:
    """Return the effect of every level, (level, draw), of scores (member, draw)."""
    solution = np.linalg.lstsq(_table(design, len(scores)), scores, rcond=None)[0]
    effects, start = {}, 1
    for name, own in design.items():
        free = solution[start : start + own.shape[1]]
        effects[name] = np.vstack([free, -free.sum(axis=0)])
        start += own.shape[1]
    return effects


def _drawn(design: Mapping[str, Figures], score: Figures, resamples: int, seed: int) -> Figures:
    """Return made-up scores, (member, draw): the fit and residuals of any members.

    NaN, and so no interval, where there are hardly more members than choices.
    """
    table = _table(design, len(score))
    spare = len(score) - np.linalg.matrix_rank(table)
    if spare < 1:
        return np.full((len(score), resamples), np.nan)
    fitted = table @ np.linalg.lstsq(table, score, rcond=None)[0]
    left = (score - fitted) * np.sqrt(len(score) / spare)
    places = np.random.default_rng(seed).integers(0, len(score), (len(score), resamples))
    return fitted[:, None] + left[places]


def _explained(design: Mapping[str, Figures], score: Figures) -> float:
    """Return the share of the variance of the scores that the factors explain."""
    table = _table(design, len(score))
    left = score - table @ np.linalg.lstsq(table, score, rcond=None)[0]
    whole = ((score - score.mean()) ** 2).sum()
    return float(1 - (left**2).sum() / whole) if whole > 0 else 0.0


def _natural(level: str) -> tuple[float, str]:
    try:
        return float(level), level
    except ValueError:
        return 0.0, level
