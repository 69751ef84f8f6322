"""Files' bands and a task's bands -> who is who, by description, file name, order or choice."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geoseg.errors import BandError, RasterError
from geoseg.stack.source import BandSource, RasterInfo
from geoseg.tasks import Band, Task

NOTHING_CHOSEN: Mapping[str, str] = MappingProxyType({})
# "GewataB1" -> Gewata, B1; "preVV_10m" -> pre, VV, 10, m; "B8A" stays whole.
WORD = re.compile(
    r"[A-Za-z]\d+[A-Za-z](?![A-Za-z0-9])|[A-Z]?[a-z]+\d*|[A-Z]+(?![a-z])\d*|[A-Z]\d*|\d+"
)
SAYS_NOTHING = re.compile(r"(band|layer|gray|grey|channel)?\s*_?\d*", re.IGNORECASE)


@dataclass(frozen=True)
class BandMatch:
    """One band of the task and the layer it is read from.

    Attributes:
        band: Name of the task's band.
        source: The layer, None where none was found.
        how: "description", "file name", "order", "chosen" or "missing".
        note: A plain sentence where the match is open to doubt.
    """

    band: str
    source: BandSource | None
    how: str
    note: str = ""


def match_bands(
    rasters: Sequence[RasterInfo],
    task: Task,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
    setting: str | None = None,
) -> tuple[BandMatch, ...]:
    """Find every band of the task among the files' bands.

    Args:
        rasters: The files, in the user's order.
        task: What is to be mapped; every band of it gets a row.
        chosen: Band name -> `BandSource.key`; wins over everything else.
        setting: Preferred where undescribed bands are taken in order.

    Raises:
        RasterError: Two files have the same name, so that a choice could mean either.
        BandError: A chosen layer is not among the files.
        SettingsError: A chosen band is not one of the task.
    """
    _refuse_twins(rasters)
    sources = [source for raster in rasters for source in raster.bands]
    by_choice = {task.band(name).name: _find(key, sources) for name, key in chosen.items()}
    free = [source for source in sources if source not in by_choice.values()]
    alone = {raster.path for raster in rasters if len(raster.bands) == 1}
    rows = {name: BandMatch(name, source, "chosen") for name, source in by_choice.items()}
    for how, names in (("description", _by_description), ("file name", _by_file_name)):
        taken = [row.source for row in rows.values()]
        left = [source for source in free if source not in taken]
        claims = names(left, [b for b in task.bands if b.name not in rows], alone)
        rows |= {name: _row(name, how, claimants) for name, claimants in claims.items()}
    rows |= _by_order(sources, task, rows, setting)
    return tuple(rows.get(b.name, BandMatch(b.name, None, "missing")) for b in task.bands)


def _row(name: str, how: str, claimants: Sequence[BandSource]) -> BandMatch:
    first, *others = claimants
    note = ""
    if others:
        also = ", ".join(other.key for other in others)
        note = f"{name} is read from {first.key}, though {also} would fit by {how} too"
    return BandMatch(name, first, how, note)


def _by_description(
    sources: Sequence[BandSource], bands: Sequence[Band], _alone: set[Path]
) -> dict[str, list[BandSource]]:
    return _claims(
        (source, _meant_by(source.description, bands, loose=False)) for source in sources
    )


def _by_file_name(
    sources: Sequence[BandSource], bands: Sequence[Band], alone: set[Path]
) -> dict[str, list[BandSource]]:
    """Take a file's name as its band's name where it holds one band without another name."""
    return _claims(
        (source, _meant_by(source.path.stem, bands, loose=True))
        for source in sources
        if source.path in alone and _undescribed(source)
    )


def _claims(pairs: Iterable[tuple[BandSource, str | None]]) -> dict[str, list[BandSource]]:
    claims: dict[str, list[BandSource]] = {}
    for source, name in pairs:
        if name is not None:
            claims.setdefault(name, []).append(source)
    return claims


def _by_order(
    sources: Sequence[BandSource], task: Task, rows: Mapping[str, BandMatch], setting: str | None
) -> dict[str, BandMatch]:
    """Take undescribed bands in order, only where their number leaves one reading."""
    named = {row.band: row.source for row in rows.values() if row.how != "chosen"}
    in_order = [s for s in sources if _undescribed(s) and s not in named.values()]
    names = _names_of_count(len(in_order), task, setting)
    if not named.keys().isdisjoint(names):
        return {}
    used = {row.source for row in rows.values()}
    pairs = zip(names, in_order, strict=True) if names else ()
    return {
        name: BandMatch(name, source, "order")
        for name, source in pairs
        if name not in rows and source not in used
    }


def _names_of_count(count: int, task: Task, setting: str | None) -> tuple[str, ...]:
    """Return the band names that so many bands in order can mean; none where it is unclear."""
    if count == len(task.bands):
        return tuple(band.name for band in task.bands)
    if setting is not None:
        bands = task.setting(setting).bands
        return bands if len(bands) == count else ()
    fitting = [choice.bands for choice in task.settings if len(choice.bands) == count]
    return fitting[0] if len(fitting) == 1 else ()


def _meant_by(text: str, bands: Sequence[Band], *, loose: bool) -> str | None:
    """Return the band a text names: the whole text, else its last words, else any words.

    Args:
        text: A file's name or a description inside it.
        bands: Those it may name.
        loose: True takes an alias anywhere; else only where the text begins with it, for
            "vegetation height" is not the height of the ground.
    """
    words = [_plain(word) for word in WORD.findall(text)]
    spans = [
        (stop == len(words), stop - start, "".join(words[start:stop]), start == 0)
        for start in range(len(words))
        for stop in range(start + 1, len(words) + 1)
    ]
    spans.append((True, len(words) + 1, _plain(text), True))
    aliases = {_plain(alias): band.name for band in bands for alias in band.aliases}
    names = {_plain(band.name): band.name for band in bands}
    hits = [
        (at_end, length, name)
        for at_end, length, span, leads in spans
        if (name := names.get(span) or (aliases.get(span) if loose or leads else None))
    ]
    return max(hits)[2] if hits else None


def _plain(text: str) -> str:
    """Drop case and punctuation, and the zero of 'B04'."""
    letters = re.sub(r"[^a-z0-9]", "", text.lower())
    return re.sub(r"(?<=[a-z])0+(?=[1-9])", "", letters)


def _undescribed(source: BandSource) -> bool:
    return SAYS_NOTHING.fullmatch(source.description.strip()) is not None


def _find(key: str, sources: Sequence[BandSource]) -> BandSource:
    for source in sources:
        if source.key == key:
            return source
    known = ", ".join(source.key for source in sources)
    raise BandError(f"there is no layer {key!r}; choose one of {known}")


def _refuse_twins(rasters: Sequence[RasterInfo]) -> None:
    names = [raster.path.name for raster in rasters]
    for name in names:
        if names.count(name) > 1:
            raise RasterError(
                f"{name} was given {names.count(name)} times; "
                "expected files of different names, so leave one out or rename it"
            )
