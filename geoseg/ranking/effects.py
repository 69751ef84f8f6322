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

    The effects of a factor sum to 0 over its levels. Intervals come of drawing members anew. A
    factor's share is the variance that only it explains: what the fit loses without it.

    Args:
        choices: One a member: factor -> level.
        scores: F1 of each.
        resamples: Draws of members.
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
    fitted = _fit(design, score)
    draws = np.random.default_rng(seed).integers(0, len(score), (resamples, len(score)))
    drawn = [_fit({name: own[row] for name, own in design.items()}, score[row]) for row in draws]
    explained = _explained(design, score)
    factors = []
    for name in names:
        rest = _explained({other: own for other, own in design.items() if other != name}, score)
        share = max(0.0, explained - rest)
        spread = np.stack([effects[name] for effects in drawn])
        factors.append(
            Factor(name=name, share=share, levels=tuple(
                _effect(level, [own[name] for own in choices], fitted[name][place], spread[:, place])
                for place, level in enumerate(levels[name])
            ))
        )  # fmt: skip
    return tuple(sorted(factors, key=lambda factor: -factor.share))


def _effect(level: str, own: Sequence[str], effect: float, drawn: Figures) -> Effect:
    low, high = percentiles(drawn)
    return Effect(level=level, members=own.count(level), effect=float(effect), low=low, high=high)


def _design(own: Sequence[str], levels: Sequence[str]) -> Figures:
    """Return (member, level - 1): 1 at the own level, -1 everywhere at the last one."""
    places = np.array([levels.index(level) for level in own])
    return np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])[places]


def _fit(design: Mapping[str, Figures], score: Figures) -> dict[str, Figures]:
    """Return the effect of every level; NaN where no member of a draw has it."""
    table = np.hstack([np.ones((len(score), 1)), *design.values()])
    solution = np.linalg.lstsq(table, score, rcond=None)[0]
    effects, start = {}, 1
    for name, own in design.items():
        width = own.shape[1]
        free = solution[start : start + width]
        every = np.append(free, -free.sum())
        seen = np.append((own == 1).any(axis=0), (own == -1).all(axis=1).any())
        effects[name] = np.where(seen, every, np.nan)
        start += width
    return effects


def _explained(design: Mapping[str, Figures], score: Figures) -> float:
    """Return the share of the variance of the scores that the factors explain."""
    table = np.hstack([np.ones((len(score), 1)), *design.values()])
    left = score - table @ np.linalg.lstsq(table, score, rcond=None)[0]
    whole = ((score - score.mean()) ** 2).sum()
    return float(1 - (left**2).sum() / whole) if whole > 0 else 0.0


def _natural(level: str) -> tuple[float, str]:
    try:
        return float(level), level
    except ValueError:
        return 0.0, level
