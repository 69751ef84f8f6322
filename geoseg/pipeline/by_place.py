"""Bands that were taken by their place -> a refusal where their values are plainly something else."""

from collections.abc import Sequence
from dataclasses import replace

from geoseg.errors import BandError
from geoseg.models.card import Card
from geoseg.models.zoo import list_members
from geoseg.stack.stack import RasterStack
from geoseg.stack.statistics import BandSummary, departing, strangers

MOST = 0.5
"""Share of the bands taken by place from which values that fit none of them are no accident."""


def refuse_strangers(stack: RasterStack, stats: Sequence[BandSummary], card: Card) -> None:
    """Make sure that bands without a name hold what their place made them.

    They do not where most hold values that depart from training in whatever unit, or where most
    depart and another task's networks know such values well.

    Args:
        stack: The run's bands.
        stats: Their figures.
        card: Of a network that is to read them.

    Raises:
        BandError: They hold something else.
    """
    by_place = [layer for layer in stack.layers if layer.how == "order"]
    names = {layer.name for layer in by_place}
    rows = [row for row in stats if row.name in names]
    odd = departing(rows, card.bands)
    if not odd or len(odd) < MOST * len(by_place):
        return
    likely = _fitting(rows, card)
    if not likely and len(strangers(rows, card.bands)) < MOST * len(by_place):
        return
    files = ", ".join(dict.fromkeys(s.path.name for layer in by_place for s in layer.sources))
    hint = f" They look like {likely}." if likely else ""
    raise BandError(
        f"nothing in {files} names its bands, so they were taken by their place as "
        f"{', '.join(layer.name for layer in by_place)}; but the values of {', '.join(odd)} are "
        f"not those that the networks of {card.task} learned from.{hint} Choose the task and "
        f"setting that they were made for, or say which band is which: "
        f"{by_place[0].name}={by_place[0].key}"
    )


def _fitting(rows: Sequence[BandSummary], card: Card) -> str:
    """Name the shipped task and setting whose networks learned from such values; "" where none."""
    seen = {(card.task, card.setting)}
    for member in list_members():
        other = member.card
        if (other.task, other.setting) in seen or len(other.bands) != len(rows):
            continue
        seen.add((other.task, other.setting))
        renamed = [
            replace(row, name=band.name) for row, band in zip(rows, other.bands, strict=True)
        ]
        if not departing(renamed, other.bands):
            return f"the bands of {other.task}, setting {other.setting}"
    return ""
