"""The bands of a raster of labels -> how they tell classes, or one sentence where nobody can know.

One band holds class ids. Several are read only where it is certain what they mean: bands that are
called like classes of the task hold one class each (one-hot); else the user says it behind the
file's name: `labels.tif:2` one band, `labels.tif:onehot`, `picture.tif:#0080ff` the colours of the
feature.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rasterio.io import DatasetReader

from geoseg.errors import GeosegError
from geoseg.stack.source import BandSource, bands_of
from geoseg.tasks import Task
from geoseg.tasks.words import find_name, in_line, key

Values = NDArray[np.float32]
"""NaN where missing."""
ONEHOT = "onehot"
BACKGROUND = {"background", "none", "other", "rest", "no"}
"""Names a band of the background may have beside that of the task."""
PICTURE_BANDS = (3, 4)
SHOWN = 8
FULL_SIGNAL = (1.0, 255.0)
"""What a band of one class may hold where the class is."""
REFERENCE_HOW = (
    "say behind its name what they are: '{name}:1' for the ids in band 1, '{name}:onehot' for a band "
    "for every class, or '{name}:#0080ff' for the colour of {features} in a picture"
)
DATASET_HOW = "write one band of ids, or, where there is a band for every class, call each band like its class"
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class OneBand:
    """Class ids as they are stored."""

    sources: tuple[BandSource, ...]
    note: str = ""

    def ids(self, values: Values) -> Values:
        """Return the ids of (band, y, x), (y, x)."""
        return values[0]


@dataclass(frozen=True)
class OneHot:
    """A band for every class: 1 (or 255) where the class is, 0 elsewhere.

    Attributes:
        sources: The bands.
        classes: Class id of each.
        fault: Raised where the values are something else.
        note: How the file is read.
    """

    sources: tuple[BandSource, ...]
    classes: tuple[int, ...]
    fault: type[GeosegError]
    note: str = ""

    def ids(self, values: Values) -> Values:
        """Return the ids of (band, y, x), (y, x); NaN where no band says yes."""
        missing = np.isnan(values).any(axis=0)
        known = np.where(missing, 0, values)
        said = known != 0
        odd = ~np.isin(known[said], FULL_SIGNAL)
        if odd.any() or (said.sum(axis=0) > 1).any():
            found = (
                f"values such as {known[said][odd][0]:g}"
                if odd.any()
                else "several classes at once"
            )
            raise self.fault(
                f"{self.sources[0].path.name} was read as one band for every class and holds "
                f"{found}; expected 1 in one band and 0 in the others, so write a raster of one "
                "band with class ids"
            )
        ids = np.asarray(self.classes, np.float32)[said.argmax(axis=0)]
        ids[~said.any(axis=0)] = np.nan
        return ids


@dataclass(frozen=True)
class Colours:
    """A picture: 1 where a pixel has one of the colours, 0 elsewhere."""

    sources: tuple[BandSource, ...]
    colours: tuple[tuple[int, int, int], ...]
    note: str = ""

    def ids(self, values: Values) -> Values:
        """Return 1 and 0 of (band, y, x), (y, x); NaN where a band is missing."""
        found = np.zeros(values.shape[1:], np.float32)
        for colour in self.colours:
            found[(values == np.array(colour, np.float32)[:, None, None]).all(axis=0)] = 1
        found[np.isnan(values).any(axis=0)] = np.nan
        return found


LabelBands = OneBand | OneHot | Colours


def label_bands(
    sources: Sequence[BandSource],
    task: Task,
    fault: type[GeosegError],
    part: str = "",
    how: str = REFERENCE_HOW,
) -> LabelBands:
    """Decide how the bands of a file tell classes.

    Args:
        sources: Its bands without transparency.
        task: Its legend names the classes.
        fault: Raised with one sentence where it cannot be known.
        part: What the user wrote behind the file's name; "" for nothing.
        how: What the user can do about several bands.
    """
    bands, name = tuple(sources), sources[0].path.name
    if part:
        return _wished(bands, task, fault, part)
    if len(bands) == 1:
        return OneBand(bands)
    if classes := _named(bands, task):
        return OneHot(bands, classes, fault, _read_as(bands, classes))
    raise fault(
        f"{name} has {len(bands)} bands ({listed(bands)}), and a mapped truth has one, with class "
        f"ids; {how.format(name=name, features=task.features)}"
    )


def read_label(dataset: DatasetReader, task: Task, fault: type[GeosegError]) -> Values:
    """Return the class ids of an open file whole, (y, x), NaN where it says nothing.

    Raises:
        GeosegError: Its bands do not say for certain what they mean.
    """
    path = Path(dataset.name)
    sources = bands_of(dataset, path)
    bands = label_bands(sources, task, fault, how=DATASET_HOW)
    indexes = [source.index for source in bands.sources]
    plain = isinstance(bands, OneBand) or dataset.nodata != 0
    values = dataset.read(indexes, masked=plain).astype(np.float32)
    return bands.ids(np.ma.filled(values, np.nan))


def listed(bands: Sequence[BandSource]) -> str:
    """Return the bands' names or numbers in one line, the first of many."""
    return in_line((_called(band) for band in bands), SHOWN)


def _called(band: BandSource) -> str:
    return band.description or f"band {band.index}"


def _wished(
    bands: tuple[BandSource, ...], task: Task, fault: type[GeosegError], part: str
) -> LabelBands:
    """Read the bands as the user says."""
    name = bands[0].path.name
    if part.lower().replace("-", "") == ONEHOT:
        if len(bands) == 1:
            raise fault(f"{name} has one band, so it is no raster of a band for every class")
        classes = _named(bands, task) or tuple(range(len(bands)))
        return OneHot(bands, classes, fault, _read_as(bands, classes))
    if colours := _COLOUR.findall(part):
        if len(bands) not in PICTURE_BANDS:
            raise fault(f"{name} has {len(bands)} bands; colours need three, red, green, blue")
        wanted = tuple(_rgb(colour) for colour in colours)
        note = f"{name} is read as a picture: {', '.join(colours)} counts as {task.feature}"
        return Colours(bands[:3], wanted, note)
    names = find_name([band.description for band in bands], part)
    found = [band for band in bands if part == str(band.index) or band.description in names]
    if not found:
        raise fault(
            f"{name} has no band {part}; it has {listed(bands)}, numbered from 1, else say "
            f"'{ONEHOT}' or a colour such as '#0080ff'"
        )
    return OneBand((found[0],), f"{name}: {found[0].title} is read as class ids")


def _named(bands: Sequence[BandSource], task: Task) -> tuple[int, ...]:
    """Return the class id of every band by its name; () where they are not all called so."""
    names = {_plain(label.name): label.id for label in task.classes}
    names |= {word: 0 for word in BACKGROUND if word not in names}
    names |= {_plain(task.feature): 1} if task.outputs == 1 else {}
    names |= {_plain(task.features): 1} if task.outputs == 1 else {}
    ids = [names.get(_plain(band.description)) for band in bands]
    known = [found for found in ids if found is not None]
    complete = len(known) == len(bands) and len(set(known)) == len(known)
    return tuple(known) if complete and len(known) > 1 else ()


def _plain(word: str) -> str:
    return re.sub(r"[\W_]+", "", key(word))


def _read_as(bands: Sequence[BandSource], classes: Sequence[int]) -> str:
    pairs = zip(bands, classes, strict=True)
    shown = in_line((f"{_called(band)} is class {class_id}" for band, class_id in pairs), SHOWN)
    return f"{bands[0].path.name} is read as one band for every class: {shown}"


def _rgb(colour: str) -> tuple[int, int, int]:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue
