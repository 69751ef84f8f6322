"""A ranking -> its tables: heads and rows of plain values, for CSV, pages and documents."""

from collections.abc import Callable, Sequence

from geoseg.ranking.results import Ranking, Score, Variant

Value = str | int | float | bool | None
Row = tuple[Value, ...]
Table = tuple[tuple[str, ...], list[Row]]

SCORE = ("precision", "recall", "f1", "f1_low", "f1_high")
NOTHING = (None,) * len(SCORE)


def members_table(ranking: Ranking) -> Table:
    """Return the ranking: every member with its scores on both parts (Table 7 of Article V)."""
    head = (
        "rank", "name", "architecture", "loss", "learning_rate", "card_validation_f1",
        *(f"validation_{name}" for name in SCORE), *(f"test_{name}" for name in SCORE),
    )  # fmt: skip
    rows: list[Row] = [
        (
            row.rank, row.name, row.architecture, row.loss, row.learning_rate, row.card_f1,
            *_score(row.validation), *_score(row.test),
        )
        for row in ranking.members
    ]  # fmt: skip
    return head, rows


def sizes_table(ranking: Ranking) -> Table:
    """Return F1 of the mean of the first K, for every K (Figure 6)."""
    head = (
        "ensemble_size", *(f"validation_{name}" for name in SCORE),
        *(f"test_{name}" for name in SCORE),
    )  # fmt: skip
    rows: list[Row] = [
        (row.size, *_score(row.validation), *_score(row.test)) for row in ranking.sizes
    ]
    return head, rows


def improvement_table(ranking: Ranking) -> Table:
    """Return the single best against ensembles (Table 8, and the points of Figure 5)."""
    head = ("ensemble_size", *SCORE, "bias", "gain", "gain_low", "gain_high", "gain_percent")
    rows: list[Row] = [
        (
            row.size, *_score(row.score), row.score.bias,
            row.gain.value, row.gain.low, row.gain.high, row.percent,
        )
        for row in ranking.improvements
    ]  # fmt: skip
    return head, rows


def effects_table(ranking: Ranking) -> Table:
    """Return what architecture, loss and rate did to F1."""
    head = ("part", "factor", "share_of_variance", "level", "members", "effect", "low", "high")
    rows: list[Row] = [
        (
            effects.part, factor.name, factor.share, level.level, level.members, level.effect,
            level.low, level.high,
        )
        for effects in ranking.effects
        for factor in effects.factors
        for level in factor.levels
    ]  # fmt: skip
    return head, rows


def comparison_table(ranking: Ranking) -> Table:
    """Return every way to put members together, best F1 first."""
    head = (
        "ensemble", "combination", "candidates", "members", "times_asked", "turns", "threshold_by",
        "threshold", *SCORE, "gain", "gain_low", "gain_high", "log_loss", "log_loss_calibrated",
        "calibration_error", "calibration_error_calibrated", "temperature",
    )  # fmt: skip
    rows: list[Row] = [
        (
            variant_words(row), row.combination, row.size, row.members, row.asked, row.turns,
            row.threshold_by, row.threshold, *_score(row.score), row.gain.value, row.gain.low,
            row.gain.high, row.log_loss, row.log_loss_calibrated, row.calibration_error,
            row.calibration_error_calibrated, row.temperature,
        )
        for row in sorted(ranking.variants, key=lambda row: -(row.score.f1 or 0))
    ]  # fmt: skip
    return head, rows


TABLES: dict[str, Callable[[Ranking], Table]] = {
    "members": members_table,
    "ensemble_sizes": sizes_table,
    "improvement": improvement_table,
    "effects": effects_table,
    "comparison": comparison_table,
}
"""File name without its ending -> the table."""


def variant_words(variant: Variant) -> str:
    """Name an ensemble to a person: 'greedy choice among the best 20, turned'."""
    name = {
        "single": "single best",
        "mean": f"mean of the best {variant.size}",
        "greedy": f"greedy choice among the best {variant.size}",
        "weighted": f"weights for the best {variant.size}",
    }[variant.combination]
    turned = ", flips and turns" if variant.turns else ""
    chosen = ", threshold by validation" if variant.threshold_by == "validation" else ""
    return name + turned + chosen


def _score(score: Score | None) -> Sequence[Value]:
    if score is None:
        return NOTHING
    return score.precision, score.recall, score.f1, score.low, score.high
