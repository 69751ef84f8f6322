"""Rankings -> the tables and words of docs/zoo.md, between its two marks."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from geoseg.models.combination import FAR_OFF
from geoseg.ranking.findings import findings
from geoseg.ranking.results import Difference, Effects, Ranking, Score, Variant
from geoseg.ranking.tables import variant_words

BEGIN, END = "<!-- made by python -m benchmarks.zoo -->", "<!-- end of what was made -->"
TOP = 10
SHOWN_VARIANTS = 12
Rankings = Mapping[str, Ranking]
INTRODUCTION = f"""# The shipped landslide zoo, and what its scores mean

Everything between the two marks below is made by one command, `python -m benchmarks.zoo`, from the
networks in `pretrained/`. The same tables and figures for any zoo and any labelled ground come from
`geoseg models rank` and from the page *Models*.

**All of it is simulated.** The networks learned from simulated scenes and are judged on others that
none of them saw.

What this can show: that training, ranking, averaging and everything fitted on validation scenes do
what they say; which choices matter under the stated assumptions; how the four choices of bands
compare where radar and optical evidence are as [the simulated world](simulated_world.md) makes them.

What it cannot show: how well a network maps real landslides. The simulator's slides follow a few
published numbers and rules, real ones do not; the reference here is exact, a mapped one is not;
training and test ground are of one kind, and the intervals are over squares of the test ground, so
they say nothing of other ground. A finding "reproduced" here means that the simulated world behaves
like the published one in this respect, not that it proves it.

{BEGIN}
{END}
"""


def write_page(rankings: Rankings, page: Path) -> None:
    """Put what was found between the marks; words around them stay."""
    text = page.read_text(encoding="utf-8") if page.is_file() else INTRODUCTION
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    made = "\n".join(_lines(rankings))
    page.write_text(f"{before}{BEGIN}\n\n{made}\n{END}{after}", encoding="utf-8")


def _lines(rankings: Rankings) -> Iterator[str]:
    yield from _judged_on(rankings)
    yield from _findings(rankings)
    yield from _improvements(rankings)
    yield "![F1 against the number of networks averaged](pictures/zoo_f1_by_size.png)\n"
    yield "![Performance diagram](pictures/zoo_performance.png)\n"
    yield from _variants(rankings)
    yield from _effects(rankings)
    yield from _members(rankings)


def _judged_on(rankings: Rankings) -> Iterator[str]:
    first = next(iter(rankings.values()))
    areas = {
        part: ", ".join(area.name for area in first.areas if area.part == part)
        for part in ("validation", "test")
    }
    counts = ", ".join(f"{len(own.members)} for `{name}`" for name, own in rankings.items())
    yield f"Networks: {counts}."
    yield f"Ensembles fitted on {areas['validation'] or 'nothing'};"
    yield f"judged on {areas['test'] or 'the same scenes'}."
    yield (
        f"Intervals are 95 %, by drawing squares of {first.settings.block} x "
        f"{first.settings.block} pixels anew, {first.settings.resamples} times."
    )
    yield "F1 is at threshold 0.5 unless told otherwise.\n"


def _findings(rankings: Rankings) -> Iterator[str]:
    yield "## The findings of the thesis, here\n"
    rows = [(f.claim, f"**{f.verdict}**", f.words) for f in findings(rankings)]
    yield from _table(("finding of Article V", "here", "numbers"), rows)


def _improvements(rankings: Rankings) -> Iterator[str]:
    yield "## Single best against ensembles (Table 8 of Article V)\n"
    rows = []
    for name, ranking in rankings.items():
        for row in ranking.improvements:
            who = "single best" if row.size == 1 else f"best {row.size} averaged"
            percent = "" if row.percent is None or row.size == 1 else f"{row.percent:+.1f} %"
            score = row.score
            rows.append((f"`{name}`", who, _number(score.precision), _number(score.recall),
                         _with_interval(score), percent, _gain(row.gain) if row.size > 1 else ""))  # fmt: skip
    head = ("setting", "", "precision", "recall", "F1", "gain", "gain in F1")
    yield from _table(head, rows)


def _variants(rankings: Rankings) -> Iterator[str]:
    yield "## Better ensembles than the mean of the best ten?\n"
    yield "Everything was fitted on the validation scenes; the test scenes only judge. *Networks* is"
    yield "how many are asked. Log loss and calibration error (mean gap between said and true share)"
    yield "tell whether the probability can be taken at its word: before, and after correcting it by"
    yield "one temperature, which moves no pixel across 0.5.\n"
    for name, ranking in rankings.items():
        yield f"### `{name}`: {ranking.setting_title}\n"
        yield from _table(
            ("ensemble", "networks", "F1", f"against the {ranking.baseline}", "log loss",
             "calibration error"),
            [_variant(row) for row in _chosen(ranking)],
        )  # fmt: skip
        yield f"{_verdict(ranking)}\n"
        yield from _far_off(ranking)


def _chosen(ranking: Ranking) -> Sequence[Variant]:
    """Return the variants worth a row: one pool each, best F1 first."""
    last = max(row.size for row in ranking.variants)
    shown = [
        row
        for row in ranking.variants
        if row.combination in ("single", "mean") or row.size == last
        if row.size in (1, 10, last)
    ]
    return sorted(shown, key=lambda row: -(row.score.f1 or 0))[:SHOWN_VARIANTS]


def _variant(row: Variant) -> tuple[str, ...]:
    return (
        variant_words(row), str(row.members), _with_interval(row.score), _gain(row.gain),
        _before_after(row.log_loss, row.log_loss_calibrated, 4),
        _before_after(row.calibration_error, row.calibration_error_calibrated, 4),
    )  # fmt: skip


def _verdict(ranking: Ranking) -> str:
    """Say in words which of the better ensembles is better here."""
    tried = [row for row in _chosen(ranking) if row.gain.value != 0 and row.combination != "single"]
    better = [variant_words(row) for row in tried if row.gain.is_above]
    worse = [variant_words(row) for row in tried if row.gain.is_below]
    said = f"Of these {len(tried)} other ensembles, "
    said += (
        f"{len(better)} lie above the {ranking.baseline} by the whole interval of the difference"
    )
    said += f" ({'; '.join(better)})" if better else ""
    said += f", {len(worse)} below" + (f" ({'; '.join(worse)})" if worse else "")
    return f"{said}. Among so many comparisons one in forty would lie above by chance alone."


def _far_off(ranking: Ranking) -> Iterator[str]:
    """Say which of the ensembles shown have a probability that is not to be read as a chance."""
    rows = [row for row in _chosen(ranking) if row.calibration_error >= FAR_OFF]
    if not rows:
        return
    named = [
        f"{variant_words(row)} ({_before_after(row.calibration_error, row.calibration_error_calibrated, 3)})"
        for row in rows
        if row.threshold_by == "number"
    ]
    if named:
        yield f"**Not to be read as a chance** is, as it is, the probability of: {'; '.join(named)};"
        yield "in brackets its calibration error. F1 says nothing of this. A greedy choice is made for"
        yield "right pixels alone: take its probability calibrated, as *Predict* and `geoseg predict` do.\n"


def _effects(rankings: Rankings) -> Iterator[str]:
    if not any(ranking.effects for ranking in rankings.values()):
        return
    yield "## Which architecture, loss and rate matter\n"
    yield "Differences of F1 from the mean over all choices, by a model that adds up architecture,"
    yield "loss and rate; the share is the part of the differences between networks that only this"
    yield "choice explains. Intervals come of drawing networks anew.\n"
    rows = []
    for name, ranking in rankings.items():
        for effects in ranking.effects:
            rows += _effect_rows(name, effects)
    yield from _table(("setting", "judged on", "choice", "share", "best", "worst"), rows)


def _effect_rows(name: str, effects: Effects) -> list[tuple[str, ...]]:
    rows = []
    for factor in effects.factors:
        levels = sorted(factor.levels, key=lambda level: level.effect)
        best, worst = levels[-1], levels[0]
        rows.append((
            f"`{name}`", f"{effects.part}, {effects.members} networks", factor.name,
            f"{factor.share:.0%}",
            f"{best.level} {_gain(Difference(value=best.effect, low=best.low, high=best.high))}",
            f"{worst.level} {_gain(Difference(value=worst.effect, low=worst.low, high=worst.high))}",
        ))  # fmt: skip
    return rows


def _members(rankings: Rankings) -> Iterator[str]:
    yield f"## The {TOP} best networks of each setting (Table 7 of Article V)\n"
    for name, ranking in rankings.items():
        yield f"### `{name}`\n"
        rows = [
            (
                str(row.rank), row.architecture, row.loss, f"{row.learning_rate:g}",
                _number(row.card_f1),
                *(_number(getattr(row.test, what, None)) for what in ("precision", "recall")),
                _with_interval(row.test),
            )
            for row in ranking.members[:TOP]
        ]  # fmt: skip
        head = ("rank", "architecture", "loss", "rate", "validation F1", "test precision",
                "test recall", "test F1")  # fmt: skip
        yield from _table(head, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _with_interval(score: Score | None) -> str:
    if score is None or score.f1 is None:
        return "-"
    if score.low is None or score.high is None:
        return f"{score.f1:.3f}"
    return f"{score.f1:.3f} ({score.low:.3f} to {score.high:.3f})"


def _gain(row: Difference) -> str:
    if row.value is None or row.low is None or row.high is None:
        return "-"
    return f"{row.value:+.3f} ({row.low:+.3f} to {row.high:+.3f})"


def _before_after(before: float, after: float | None, digits: int) -> str:
    return f"{before:.{digits}f}" + ("" if after is None else f", after {after:.{digits}f}")
