"""Files' bands and a task's bands -> who is who, by description, file name, order or choice."""

import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geoseg.errors import BandError, RasterError
from geoseg.stack.source import BandSource, RasterInfo
from geoseg.tasks import Task

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
    words = Words.of(task, sources, setting)
    free = [source for source in sources if source not in by_choice.values()]
    alone = {raster.path for raster in rasters if len(raster.bands) == 1}
    rows = {name: BandMatch(name, source, "chosen") for name, source in by_choice.items()}
    for how, names in WAYS:
        taken = [row.source for row in rows.values()]
        left = [source for source in free if source not in taken]
        claims = names(left, words.without(rows), alone)
        rows |= {name: _row(name, how, claimants) for name, claimants in claims.items()}
    rows |= _by_order(sources, task, rows, setting)
    return tuple(rows.get(b.name, BandMatch(b.name, None, "missing")) for b in task.bands)


def match_whole(
    sources: Sequence[BandSource], task: Task, setting: str | None = None
) -> dict[str, BandSource]:
    """Find bands of the task by descriptions that are a name or an alias from end to end.

    Nothing is guessed: for what learns in silence, where nobody looks at a table of bands.
    """
    words = Words.of(task, sources, setting)
    claims = _by_alias(sources, words, set()) | _by_name(sources, words, set())
    return {name: claimants[0] for name, claimants in claims.items()}


@dataclass(frozen=True)
class Words:
    """What texts mean, without case and punctuation.

    Attributes:
        names: Text -> the band of that name; for the likeliest setting aliases count as names
            where another setting's band has that very name ("B3" is red or green).
        aliases: Text -> a band that also goes by it.
    """

    names: Mapping[str, str]
    aliases: Mapping[str, str]

    @classmethod
    def of(cls, task: Task, sources: Sequence[BandSource], setting: str | None) -> "Words":
        """Collect the words of a task, those of the setting that is meant before others.

        Args:
            task: Its settings may call different bands the same.
            sources: Where no setting is named, the one whose bands they show most of is meant.
            setting: The one that is meant.
        """
        names = {_plain(band.name): band.name for band in task.bands}
        aliases = {_plain(alias): band.name for band in task.bands for alias in band.aliases}
        if not names.keys() & aliases.keys():
            return cls(names, aliases)
        every = [task.setting(setting)] if setting else list(task.settings)
        settings = [cls._preferring(task, own.bands, names, aliases) for own in every]
        texts = [text for source in sources for text in (source.description, source.path.stem)]
        shown = [{_meant_by(text, words, loose=True) for text in texts} for words in settings]
        shares = [
            (len(found.intersection(own.bands)) / len(own.bands), own.name == task.default_setting)
            for own, found in zip(every, shown, strict=True)
        ]
        return settings[shares.index(max(shares))]

    @classmethod
    def _preferring(
        cls, task: Task, bands: Sequence[str], names: Mapping[str, str], aliases: Mapping[str, str]
    ) -> "Words":
        own = {_plain(alias): band for band in bands for alias in task.band(band).aliases}
        own |= {_plain(band): band for band in bands}
        contested = {text: own[text] for text in names.keys() & aliases.keys() & own.keys()}
        return cls({**names, **contested}, aliases)

    def without(self, taken: Container[str]) -> "Words":
        """Return the words of the bands that are not taken yet."""
        names, aliases = (
            {text: band for text, band in words.items() if band not in taken}
            for words in (self.names, self.aliases)
        )
        return Words(names, aliases)


def _row(name: str, how: str, claimants: Sequence[BandSource]) -> BandMatch:
    first, *others = claimants
    note = ""
    if others:
        also = ", ".join(other.key for other in others)
        note = f"{name} is read from {first.key}, though {also} would fit by {how} too"
    return BandMatch(name, first, how, note)


def _by_name(
    sources: Sequence[BandSource], words: Words, _alone: set[Path]
) -> dict[str, list[BandSource]]:
    """Take a description that is a band's name: "slope" is the slope, whatever "slope mean" is."""
    return _claims((source, words.names.get(_plain(source.description))) for source in sources)


def _by_alias(
    sources: Sequence[BandSource], words: Words, _alone: set[Path]
) -> dict[str, list[BandSource]]:
    return _claims((source, words.aliases.get(_plain(source.description))) for source in sources)


def _by_description(
    sources: Sequence[BandSource], words: Words, _alone: set[Path]
) -> dict[str, list[BandSource]]:
    return _claims(
        (source, _meant_by(source.description, words, loose=False)) for source in sources
    )


def _by_file_name(
    sources: Sequence[BandSource], words: Words, alone: set[Path]
) -> dict[str, list[BandSource]]:
    """Take a file's name as its band's name where it holds one band without another name."""
    return _claims(
        (source, _meant_by(source.path.stem, words, loose=True))
        for source in sources
        if source.path in alone and _undescribed(source)
    )


WAYS = (
    ("description", _by_name),
    ("description", _by_alias),
    ("description", _by_description),
    ("file name", _by_file_name),
)
"""How bands are found, the surest way first; what one way found is left to no other."""


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


def _meant_by(text: str, words: Words, *, loose: bool) -> str | None:
    """Return the band a text names: the whole text, else its last words, else any words.

    Args:
        text: A file's name or a description inside it.
        words: What texts mean.
        loose: True takes an alias anywhere; else only where the text begins with it, for
            "vegetation height" is not the height of the ground.
    """
    parts = [_plain(part) for part in WORD.findall(text)]
    spans = [
        (stop == len(parts), stop - start, "".join(parts[start:stop]), start == 0)
        for start in range(len(parts))
        for stop in range(start + 1, len(parts) + 1)
    ]
    spans.append((True, len(parts) + 1, _plain(text), True))
    hits = [
        (at_end, length, name)
        for at_end, length, span, leads in spans
        if (name := words.names.get(span) or (words.aliases.get(span) if loose or leads else None))
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
