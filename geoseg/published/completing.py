"""Imported members that wait for their band statistics, and the statistics -> members that work."""

from collections.abc import Sequence
from pathlib import Path

from geoseg.errors import ArchiveError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.zoo import list_members
from geoseg.published.shelf import writable


def complete_members(zoo: Path, statistics: Sequence[BandStatistics]) -> list[Card]:
    """Give the statistics to every member of a zoo that has none; return those members' cards.

    Args:
        zoo: Folder with cards at any depth.
        statistics: Of at least the bands that the waiting members read.

    Raises:
        ModelError: The folder is missing, or a card in it cannot be read.
        ArchiveError: A waiting member reads a band that the statistics lack.
        DiskError: A card cannot be written.
    """
    known = {band.name: band for band in statistics}
    waiting = [member for member in list_members(zoo) if not member.card.has_statistics]
    cards = []
    for member in waiting:
        if missing := [name for name in member.card.band_names if name not in known]:
            raise ArchiveError(
                f"the statistics lack the bands {', '.join(missing)} of member {member.card.name}"
            )
        bands = tuple(known[name] for name in member.card.band_names)
        card = member.card.model_copy(update={"bands": bands})
        write_card(card, member.weights.with_suffix(".json"))
        cards.append(card)
    return cards


def write_card(card: Card, path: Path) -> None:
    """Write a card; it appears whole or not at all.

    Raises:
        DiskError: The folder cannot be written.
    """
    unfinished = path.with_suffix(".card-partial")
    with writable(path.parent):
        try:
            unfinished.write_text(card.to_json(), encoding="utf-8")
            unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)
