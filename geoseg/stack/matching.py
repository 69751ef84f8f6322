"""Files' bands and a task's bands -> who is who, by description, file name, order or choice."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from geoseg.errors import BandError, RasterError
from geoseg.stack.order import in_order
from geoseg.stack.source import JOIN, BandSource, RasterInfo, joined
from geoseg.stack.tiles import Ground
from geoseg.stack.words import Words, meant_by, plain, undescribed
from geoseg.tasks import Task

NOTHING_CHOSEN: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class BandMatch:
    """One band of the task and the layer it is read from.

    Attributes:
        band: Name of the task's band.
        source: The layer, None where none was found; the first where a scene comes in parts.
        how: "description", "file name", "order", "chosen" or "missing".
        note: A plain sentence where the match is open to doubt.
        more: The same band in the scene's other files, in the order they are read.
    """

    band: str
    source: BandSource | None
    how: str
    note: str = ""
    more: tuple[BandSource, ...] = ()

    @property
    def sources(self) -> tuple[BandSource, ...]:
        """Every layer the band is read from, the one that counts first before the others."""
        return () if self.source is None else (self.source, *self.more)

    @property
    def key(self) -> str:
        """What a user's choice of these layers is stored as; "" where none was found."""
        return joined(self.sources)


def match_bands(
    rasters: Sequence[RasterInfo],
    task: Task,
    chosen: Mapping[str, str] = NOTHING_CHOSEN,
    setting: str | None = None,
) -> tuple[BandMatch, ...]:
    """Find every band of the task among the files' bands.

    Files that hold the same bands on neighbouring ground are parts of one scene: a band is then
    read from all of them. Of files that show the same ground the first is taken.

    Args:
        rasters: The files, in the user's order.
        task: What is to be mapped; every band of it gets a row.
        chosen: Band name -> `BandMatch.key`; wins over everything else. A choice of one layer
            means the same layer of the scene's other parts as well.
        setting: Preferred where undescribed bands are taken in order.

    Raises:
        RasterError: Two files have the same name, so that a choice could mean either.
        BandError: A chosen layer is not among the files, or it is open which files belong
            together.
        SettingsError: A chosen band is not one of the task.
    """
    _refuse_twins(rasters)
    sources = [source for raster in rasters for source in raster.bands]
    words, ground = Words.of(task, sources, setting), Ground(rasters)
    alone = {raster.path for raster in rasters if len(raster.bands) == 1}
    asked = {task.band(name).name: _find(key, sources) for name, key in chosen.items()}
    by_choice = {name: _scene_of(name, asked, rasters, words, ground) for name in asked}
    rows = {name: BandMatch(name, first, "chosen", "", tuple(more))
            for name, (first, *more) in by_choice.items()}  # fmt: skip
    free = [source for source in sources if not any(source in row.sources for row in rows.values())]
    for how, names in WAYS:
        taken = [source for row in rows.values() for source in row.sources]
        left = [source for source in free if source not in taken]
        claims = names(left, words.without(by_choice), alone)
        rows |= {
            name: _widened(rows[name], claimants, ground)
            if name in rows
            else _row(name, how, claimants, ground)
            for name, claimants in claims.items()
        }
    rows |= _by_order(rasters, task, rows, setting, ground)
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


def layer_keys(rasters: Sequence[RasterInfo], matches: Sequence[BandMatch]) -> list[str]:
    """Return what a band may be read from: every layer, and every scene in parts as one."""
    scenes = [match.key for match in matches if match.more]
    single = [source.key for raster in rasters for source in raster.bands]
    return [*dict.fromkeys(scenes), *single]


def _row(name: str, how: str, claimants: Sequence[BandSource], ground: Ground) -> BandMatch:
    """Take the first layer of every file, of files that show the same ground the first."""
    firsts = list({source.path: source for source in reversed(claimants)}.values())[::-1]
    (first, *more), _ = ground.parts(firsts, name)
    others = [source for source in claimants if source not in (first, *more)]
    note = ""
    if others:
        also = ", ".join(other.key for other in others)
        note = f"{name} is read from {joined((first, *more))}, though {also} would fit by {how} too"
    return BandMatch(name, first, how, note, tuple(more))


def _widened(row: BandMatch, claimants: Sequence[BandSource], ground: Ground) -> BandMatch:
    """Add parts of the scene that call the band otherwise than its first part does."""
    if row.source is None:
        return row
    more = list(row.more)
    for source in claimants:
        if not any(ground.same(source, part) for part in (row.source, *more)):
            more.append(source)
    return BandMatch(row.band, row.source, row.how, row.note, tuple(more))


def _by_name(
    sources: Sequence[BandSource], words: Words, _alone: set[Path]
) -> dict[str, list[BandSource]]:
    """Take a description that is a band's name: "slope" is the slope, whatever "slope mean" is."""
    return _claims((source, words.names.get(plain(source.description))) for source in sources)


def _by_alias(
    sources: Sequence[BandSource], words: Words, _alone: set[Path]
) -> dict[str, list[BandSource]]:
    return _claims((source, words.aliases.get(plain(source.description))) for source in sources)


def _by_description(
    sources: Sequence[BandSource], words: Words, _alone: set[Path]
) -> dict[str, list[BandSource]]:
    return _claims((source, meant_by(source.description, words, loose=False)) for source in sources)


def _by_file_name(
    sources: Sequence[BandSource], words: Words, alone: set[Path]
) -> dict[str, list[BandSource]]:
    """Take a file's name as its band's name where it holds one band without another name."""
    return _claims(
        (source, meant_by(source.path.stem, words, loose=True))
        for source in sources
        if source.path in alone and undescribed(source)
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
    rasters: Sequence[RasterInfo],
    task: Task,
    rows: Mapping[str, BandMatch],
    setting: str | None,
    ground: Ground,
) -> dict[str, BandMatch]:
    """Take undescribed bands in order, only where their number leaves one reading."""
    named = [row for row in rows.values() if row.how != "chosen"]
    known = {source for row in named for source in row.sources}
    names, groups = in_order(rasters, task, setting, known, ground)
    if not {row.band for row in named}.isdisjoint(names):
        return {}
    used = {source for row in rows.values() for source in row.sources}
    return {
        name: BandMatch(name, first, "order", "", tuple(more))
        for name, (first, *more) in zip(names, groups, strict=True)
        if name not in rows and used.isdisjoint((first, *more))
    }


def _scene_of(
    name: str,
    asked: Mapping[str, Sequence[BandSource]],
    rasters: Sequence[RasterInfo],
    words: Words,
    ground: Ground,
) -> list[BandSource]:
    """Widen a choice of one layer to the same layer of the scene's other parts, where clear."""
    first, *more = asked[name]
    if more:
        return [first, *more]
    elsewhere = {source for band, chosen in asked.items() if band != name for source in chosen}
    own = next(raster for raster in rasters if raster.path == first.path)
    meaning = _meaning(first, own, words)
    alike = [
        source
        for raster in rasters
        if len(raster.bands) == len(own.bands)
        for source in raster.bands
        if source == first
        or (source not in elsewhere and _meaning(source, raster, words) == meaning != "")
    ]
    return alike if ground.apart(alike) else [first]


def _meaning(source: BandSource, raster: RasterInfo, words: Words) -> str:
    """Return what tells a layer among those of its file; "" where nothing does."""
    if not undescribed(source):
        return plain(source.description)
    if len(raster.bands) > 1:
        return f"#{source.index}"
    return meant_by(source.path.stem, words, loose=True) or ""


def _find(key: str, sources: Sequence[BandSource]) -> list[BandSource]:
    """Return the layers that a key names: one, or the parts of a scene.

    Raises:
        BandError: One of them is not among the files.
    """
    for source in sources:
        if source.key == key:
            return [source]
        if key.startswith(source.key + JOIN):
            return [source, *_find(key.removeprefix(source.key + JOIN), sources)]
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
