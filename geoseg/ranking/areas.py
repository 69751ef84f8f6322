"""A dataset's scenes, or one stack and its reference -> labelled areas, read by window."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from geoseg.errors import RasterError, ReferenceMapError
from geoseg.simulate.files import SPLIT, VALIDATION
from geoseg.stack import Stack, open_reference, open_stack
from geoseg.stack.gtiff import opened
from geoseg.stack.label_bands import read_label
from geoseg.tasks import Task

Part = Literal["validation", "test"]
UNKNOWN = 255
NOTHING_CHOSEN: Mapping[str, str] = {}


class TruthReader(Protocol):
    """An open reference."""

    def read(self, window: Window, /) -> NDArray[np.uint8]:
        """Return (y, x): 0 no feature, 1 feature, 255 unknown."""
        ...


class Truth(Protocol):
    """What is there, on the grid of the area's stack."""

    def open(self) -> AbstractContextManager[TruthReader]:
        """Open the file; leave the context to close it."""
        ...


@dataclass(frozen=True)
class LabelledArea:
    """A stack with its truth, and what it is for.

    Attributes:
        name: Shown in tables.
        part: `validation` may fit ensembles, `test` only judges.
        stack: The bands of one setting.
        truth: On the stack's grid.
        simulated: True where the files say that they were made up.
    """

    name: str
    part: Part
    stack: Stack
    truth: Truth
    simulated: bool = False


@dataclass(frozen=True, eq=False)
class ArrayTruth:
    """Labels in memory: 0 no feature, 1 feature, 255 unknown, (y, x)."""

    label: NDArray[np.uint8]

    @contextmanager
    def open(self) -> Iterator[TruthReader]:
        """Give the reader; there is nothing to open."""
        yield self

    def read(self, window: Window) -> NDArray[np.uint8]:
        """Return (y, x) of a window."""
        rows, cols = window.toslices()
        return self.label[rows, cols]


def dataset_areas(
    folder: Path, task: Task, setting: str, validation: Sequence[str] = ()
) -> list[LabelledArea]:
    """Return the scenes of a dataset in the published layout that no member learned from.

    Args:
        folder: Holds train_val/{input,label} and, perhaps, test/{input,label}.
        task: What is mapped.
        setting: Whose bands are read.
        validation: Names of the scenes of train_val that were kept for validation; empty takes
            those that the dataset's own split.json names, as simulated datasets have it.

    Raises:
        ReferenceMapError: There is no such scene, or a label does not fit its scene.
        RasterError: A file cannot be read.
        BandError: A band of the setting is missing.
    """
    teaching = _pairs(folder / "train_val")
    validation = validation or _named_in_split(folder)
    if unknown := sorted(set(validation) - set(teaching)):
        raise ReferenceMapError(
            f"{folder}/train_val has no scene {', '.join(unknown)}; its scenes are "
            f"{', '.join(teaching) or 'none'}"
        )
    chosen: list[tuple[Part, str, Path, Path]] = [
        ("validation", name, *teaching[name]) for name in teaching if name in validation
    ]
    chosen += [("test", name, *pair) for name, pair in _pairs(folder / "test").items()]
    if not chosen:
        raise ReferenceMapError(
            f"{folder} has no test scene, and no scene of train_val was named as validation; "
            "expected test/input and test/label, or name the validation scenes"
        )
    return [
        LabelledArea(
            name, part, stack := open_stack([image], task, setting), _label(label, stack, task),
            says_simulated([image]),
        )
        for part, name, image, label in chosen
    ]  # fmt: skip


def _named_in_split(folder: Path) -> list[str]:
    """Return the validation scenes that the dataset says it has."""
    try:
        split = json.loads((folder / SPLIT).read_bytes())
        return [str(name) for name in split.get(VALIDATION, ())]
    except FileNotFoundError:
        return []
    except (ValueError, AttributeError) as error:
        raise ReferenceMapError(
            f"{folder / SPLIT} cannot be read ({error}); expected the lists train, validation, "
            "test, or name the validation scenes yourself"
        ) from error


def files_area(
    rasters: Sequence[Path],
    reference: Path,
    task: Task,
    setting: str,
    *,
    bands: Mapping[str, str] = NOTHING_CHOSEN,
    positive: Sequence[int] = (),
    name: str = "",
    part: Part = "test",
) -> LabelledArea:
    """Return rasters with their reference, of any form a run takes, as one area.

    Raises:
        GeosegError: The rasters or the reference cannot be used; the sentence says why.
    """
    stack = open_stack(rasters, task, setting, bands)
    truth = open_reference(reference, stack.grid, task, positive)
    return LabelledArea(name or rasters[0].stem, part, stack, truth, says_simulated(rasters))


def says_simulated(rasters: Sequence[Path]) -> bool:
    """Tell whether a raster says of itself that it was made up."""
    for path in rasters:
        with opened(path) as raster:
            if raster.tags().get("SIMULATED") == "yes":
                return True
    return False


def _pairs(part: Path) -> dict[str, tuple[Path, Path]]:
    """Pair input and label by the text before the first underscore."""
    images, labels = (
        {path.name.split("_")[0]: path for path in sorted((part / side).glob("*.tif*"))}
        for side in ("input", "label")
    )
    if alone := sorted(set(images) ^ set(labels)):
        raise ReferenceMapError(
            f"{part} holds unpaired files: {', '.join(alone)}; expected input and label of each "
            "scene, paired by the text before the first underscore"
        )
    return {name: (images[name], labels[name]) for name in images}


def _label(path: Path, stack: Stack, task: Task) -> ArrayTruth:
    """Read a label; of several classes all but the background count as the feature."""
    try:
        with opened(path) as raster:
            values = read_label(raster, task, ReferenceMapError)
    except (RasterError, RasterioError) as error:
        raise ReferenceMapError(f"{path.name} cannot be read: {error}") from error
    values[np.isnan(values)] = UNKNOWN
    if values.shape != stack.grid.shape:
        raise ReferenceMapError(
            f"{path.name} has {values.shape[0]} x {values.shape[1]} pixels, its input has "
            f"{stack.grid.height} x {stack.grid.width}; both must lie on one grid"
        )
    ids = task.feature_ids if task.outputs > 1 else (1,)
    odd = np.setdiff1d(np.unique(values), (0, *ids, UNKNOWN))
    if odd.size:
        raise ReferenceMapError(
            f"{path.name} holds the value {odd[0]:g}; a label is {' or '.join(map(str, ids))} on "
            f"the feature, 0 elsewhere and {UNKNOWN} or no data where unknown"
        )
    label = values.astype(np.uint8)
    label[np.isin(label, ids)] = 1
    return ArrayTruth(label)
