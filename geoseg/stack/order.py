"""Bands that nobody named -> the bands of a task by their place, only where nothing contradicts."""

from collections.abc import Container, Sequence
from functools import cache

from geoseg.stack.source import BandSource, RasterInfo
from geoseg.stack.tiles import Ground
from geoseg.stack.words import Words, meant_by, plain, undescribed
from geoseg.tasks import TASKS, Task

LEAST_LETTERS = 3
"""An alias of fewer letters stands in too many file names to say what a file holds."""
SENSORS = ("B1", "B2", "B3", "B4", "B5", "B6", "B7", "B8", "B8A", "B9", "B10", "B11", "B12", "VV",
           "VH", "HH", "HV", "red", "green", "blue", "nir", "swir", "swir1", "swir2", "pan",
           "ndvi", "ndwi", "nbr", "cloud", "scl", "qa")  # fmt: skip
"""What files of common sensors are called by, besides the bands of the declared tasks."""
NO_PICTURE = frozenset({"m", "degrees", "dB", "K"})
"""Units of values that no photograph holds."""

Groups = list[tuple[BandSource, ...]]


def in_order(
    rasters: Sequence[RasterInfo],
    task: Task,
    setting: str | None,
    known: Container[BandSource],
    ground: Ground,
) -> tuple[tuple[str, ...], Groups]:
    """Return band names and, for each, the layers that stand at its place; none where unclear.

    Args:
        rasters: The files, in the user's order.
        task: What is to be mapped.
        setting: The one that is meant, where it is known.
        known: Layers whose names say what they are.
        ground: Tells parts of one scene.
    """
    nameless = [
        raster
        for raster in rasters
        if all(undescribed(source) and source not in known for source in raster.bands)
    ]
    groups = _groups(nameless, ground)
    names = _names_of_count(len(groups), task, setting)
    if not names or _contradicted(nameless, groups, names, task):
        return (), []
    return names, groups


def _groups(rasters: Sequence[RasterInfo], ground: Ground) -> Groups:
    """Put the layers at the same place of a scene's parts together."""
    groups: Groups = []
    left = list(rasters)
    while left:
        first = left[0]
        alike = [raster for raster in left if len(raster.bands) == len(first.bands)]
        if not ground.apart([raster.bands[0] for raster in alike]):
            alike = [first]
        groups += zip(*(raster.bands for raster in alike), strict=True)
        left = [raster for raster in left if raster not in alike]
    return groups


def _names_of_count(count: int, task: Task, setting: str | None) -> tuple[str, ...]:
    """Return the band names that so many bands in order can mean; none where it is unclear."""
    if count == len(task.bands):
        return tuple(band.name for band in task.bands)
    if setting is not None:
        bands = task.setting(setting).bands
        return bands if len(bands) == count else ()
    fitting = [choice.bands for choice in task.settings if len(choice.bands) == count]
    return fitting[0] if len(fitting) == 1 else ()


def _contradicted(
    rasters: Sequence[RasterInfo], groups: Groups, names: Sequence[str], task: Task
) -> bool:
    """Tell whether a file's name or colours say that it holds something else."""
    if any(_named_otherwise(raster) for raster in rasters):
        return True
    return any(
        source.colour and task.band(name).unit in NO_PICTURE
        for name, group in zip(names, groups, strict=True)
        for source in group
    )


def _named_otherwise(raster: RasterInfo) -> bool:
    """Tell whether a file of one band is called by a band of another task or sensor."""
    if len(raster.bands) > 1:
        return False
    return meant_by(raster.path.stem, _every_word(), loose=True) is not None


@cache
def _every_word() -> Words:
    """Return the names by which any declared task or common sensor knows its bands."""
    texts = {text for task in TASKS.values() for band in task.bands
             for text in (band.name, *band.aliases)}  # fmt: skip
    words = {plain(text) for text in (*texts, *SENSORS)}
    kept = {word: word for word in words if len(word) >= LEAST_LETTERS or word in _SHORT}
    return Words(kept, {})


_SHORT = {plain(name) for name in SENSORS}
