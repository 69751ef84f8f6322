"""A folder in the published layout -> labelled scenes in memory and statistics of their bands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.io import DatasetReader
from rasterio.windows import Window

from geoseg.errors import RasterError, TrainingError
from geoseg.models.card import BandStatistics
from geoseg.models.footprint import Patch, make_patch
from geoseg.models.rectangles import rectangles_of
from geoseg.models.scene_names import scene_named
from geoseg.stack.fills import settle_fills
from geoseg.stack.gtiff import opened
from geoseg.stack.label_bands import read_label
from geoseg.stack.matching import match_whole
from geoseg.stack.reading import OwnPixels
from geoseg.stack.source import BandSource, bands_of
from geoseg.stack.stack import Layer
from geoseg.tasks import BandKind, ClassLabel, Task

UNKNOWN = 255
"""Label of pixels nobody mapped: left out of loss, statistics and scores."""
FEATURE = ClassLabel(1, "feature", "#d7301f")
BYTES_A_VALUE = 10
"""As read, normalised, and some room for masks and copies on the way."""
SAME_GRID_PIXELS = 0.1
"""Farthest that a label's corner may lie from that of its input."""


@dataclass(frozen=True)
class LabelledScene:
    """One area with its bands and labels.

    Attributes:
        name: Text before the first underscore of its files.
        bands: The setting's bands in order, NaN where missing, (band, y, x).
        label: Class ids of the task, 0 none of its features, 255 unknown, (y, x).
        simulated: True where the file says that it was made up.
        place: The ground of its labels; None where its file does not say where it lies.
    """

    name: str
    bands: NDArray[np.float32]
    label: NDArray[np.uint8]
    simulated: bool
    place: Patch | None = None

    @property
    def known(self) -> NDArray[np.bool_]:
        """True where the label is a class, (y, x)."""
        return np.asarray(self.label != UNKNOWN)

    def holds(self, class_id: int) -> bool:
        """Tell whether a pixel is labelled so."""
        return bool((self.label == class_id).any())


def read_dataset(
    folder: Path, task: Task, setting: str, part: str = "train_val"
) -> list[LabelledScene]:
    """Read every pair of <part>/input/<prefix>_*.tif and <part>/label/<prefix>_*.tif.

    Raises:
        TrainingError: A file is missing, cannot be read, or pair, sizes, bands or labels are wrong.
    """
    inputs, labels = _by_prefix(folder / part / "input"), _by_prefix(folder / part / "label")
    if not inputs or set(inputs) != set(labels):
        alone = ", ".join(sorted(set(inputs) ^ set(labels))) or "no file at all"
        raise TrainingError(
            f"{folder} is not a dataset: expected {part}/input and {part}/label with files paired "
            f"by the text before the first underscore, found unpaired: {alone}"
        )
    _check_memory(folder, inputs.values(), len(task.setting(setting).bands))
    return [_read_pair(prefix, inputs[prefix], labels[prefix], task, setting) for prefix in inputs]


def has_part(folder: Path, part: str) -> bool:
    """Tell whether a dataset has that part."""
    return (folder / part / "input").is_dir()


def needed_bytes(stacks: Iterable[Path], bands: int) -> int:
    """Return the memory that training on these files takes, from their headers alone."""
    pixels = 0
    for path in stacks:
        with _opened(path) as raster:
            pixels += raster.width * raster.height
    return pixels * (bands + 1) * BYTES_A_VALUE


def _check_memory(folder: Path, stacks: Iterable[Path], bands: int) -> None:
    needed, free = needed_bytes(stacks, bands), psutil.virtual_memory().available
    if needed > free:
        raise TrainingError(
            f"{folder.name} needs about {needed / 1e9:.1f} GB of memory to train on {bands} bands, "
            f"{free / 1e9:.1f} GB are free; take fewer or smaller scenes, or a setting with fewer "
            "bands"
        )


def _opened(path: Path) -> DatasetReader:
    try:
        return opened(path)
    except RasterError as error:
        raise TrainingError(str(error)) from None


def _by_prefix(folder: Path) -> dict[str, Path]:
    return {path.name.split("_")[0]: path for path in sorted(folder.glob("*.tif*"))}


def _read_pair(name: str, stack: Path, label: Path, task: Task, setting: str) -> LabelledScene:
    try:
        with _opened(stack) as raster, _opened(label) as truth:
            layers, _ = layers_read(raster, task, setting)
            _check_grids(raster, truth)
            whole = Window(0, 0, raster.width, raster.height)
            bands = OwnPixels(stack, raster).read([layer.source for layer in layers], whole)
            simulated = raster.tags().get("SIMULATED") == "yes"
            place = raster.crs, raster.transform, scene_named(raster.tags())
            values = read_label(truth, task, TrainingError)
    except RasterioError as error:
        raise TrainingError(f"{stack.name} or {label.name} cannot be read: {error}") from error
    ids = _label(label, values, task)
    crs, transform, scene = place
    patch = make_patch(crs, transform, rectangles_of(ids != UNKNOWN), scene)
    return LabelledScene(name, bands, ids, simulated, patch)


def _check_grids(stack: DatasetReader, label: DatasetReader) -> None:
    """Refuse a label of another size; of another place only where both files tell theirs."""
    names = Path(label.name).name, Path(stack.name).name
    if label.shape != stack.shape:
        raise TrainingError(
            f"{names[0]} has {label.height} x {label.width} pixels, {names[1]} has "
            f"{stack.height} x {stack.width}; label and input must lie on one grid"
        )
    if label.crs is None or stack.crs is None:
        return
    if label.crs != stack.crs:
        raise TrainingError(
            f"{names[0]} is in {label.crs}, {names[1]} in {stack.crs}; label and input must lie on "
            "one grid, reproject the label"
        )
    corners = (np.array([0, stack.width]), np.array([0, stack.height]))
    here, there = (np.array(raster.transform @ corners) for raster in (stack, label))
    apart = float(np.abs(here - there).max() / np.hypot(stack.transform.a, stack.transform.d))
    if apart > SAME_GRID_PIXELS:
        raise TrainingError(
            f"{names[0]} lies {apart:.1f} pixels beside {names[1]}; label and input must lie on one "
            "grid, burn the label again on the grid of the input"
        )


def bands_read(raster: DatasetReader, task: Task, setting: str) -> tuple[BandSource, ...]:
    """Find the bands of a setting in a file by their names or aliases, in the setting's order.

    Where no band of the file has a known name, its bands are taken in the task's order, or the
    setting's, if it has as many.

    Raises:
        TrainingError: A band is missing; its place alone never tells what a band is.
    """
    path, names = Path(raster.name), task.setting(setting).bands
    sources = bands_of(raster, path)
    found = match_whole(sources, task, setting)
    if not found:
        for order in (tuple(band.name for band in task.bands), names):
            if len(sources) == len(order):
                found = dict(zip(order, sources, strict=True))
                break
    if missing := [name for name in names if name not in found]:
        raise TrainingError(
            f"{path.name} has {len(sources)} bands without the names {', '.join(missing)}; "
            f"name the bands, or bring all {len(task.bands)} of task {task.name} in order, unnamed"
        )
    return tuple(found[name] for name in names)


def layers_read(
    raster: DatasetReader, task: Task, setting: str
) -> tuple[tuple[Layer, ...], tuple[str, ...]]:
    """Find the bands of a setting as `bands_read` does, with fill values that no file declares.

    Returns:
        The bands, and a sentence for every fill value.

    Raises:
        TrainingError: A band is missing.
        RasterError: The file cannot be read to the end.
    """
    names = task.setting(setting).bands
    layers = [
        Layer(name, source, task.band(name).kind)
        for name, source in zip(names, bands_read(raster, task, setting), strict=True)
    ]
    return settle_fills(layers)


def fills_told(folder: Path, task: Task, setting: str) -> tuple[str, ...]:
    """Return a sentence for every number of a dataset that no file declares and is no data."""
    told: list[str] = []
    for path in _by_prefix(folder / "train_val" / "input").values():
        with _opened(path) as raster:
            told += layers_read(raster, task, setting)[1]
    return tuple(told)


def _label(path: Path, values: NDArray[np.float32], task: Task) -> NDArray[np.uint8]:
    label = np.where(np.isnan(values), UNKNOWN, values)
    odd = np.setdiff1d(np.unique(label), (*(one.id for one in task.classes), UNKNOWN))
    if odd.size:
        found = ", ".join(f"{value:g}" for value in odd[:5])
        legend = ", ".join(f"{one.id} {one.name}" for one in task.classes)
        expected = (
            "a label is 1 on the feature, 0 elsewhere and"
            if task.outputs == 1
            else f"the classes of task {task.name} are {legend}, and"
        )
        raise TrainingError(
            f"{path.name} holds the values {found}; {expected} {UNKNOWN} or no data where unknown"
        )
    return label.astype(np.uint8)


def band_statistics(
    scenes: Sequence[LabelledScene], task: Task, setting: str
) -> tuple[BandStatistics, ...]:
    """Return mean and standard deviation of every band over all known, measured pixels.

    Masks and class bands may be the same everywhere; a measured band may not.

    Raises:
        TrainingError: A band has no value at all, or a measured band has only one.
    """
    rows = []
    for index, name in enumerate(task.setting(setting).bands):
        band = task.band(name)
        values = np.concatenate([scene.bands[index][scene.known] for scene in scenes])
        values = values[np.isfinite(values)].astype(np.float64)
        if values.size == 0:
            raise TrainingError(
                f"band {name} has no value in any labelled pixel of the dataset; "
                "fill it or choose a setting without it"
            )
        if band.kind is BandKind.CONTINUOUS and values.min() == values.max():
            raise TrainingError(
                f"band {name} is {values[0]:g} in every labelled pixel; a measured band that never "
                "changes teaches nothing, check the file or choose a setting without it"
            )
        rows.append(
            BandStatistics(
                name=name, unit=band.unit, mean=float(values.mean()), std=float(values.std())
            )
        )
    return tuple(rows)


def split(
    scenes: Sequence[LabelledScene],
    validation: Sequence[str],
    seed: int,
    features: Sequence[ClassLabel] = (FEATURE,),
) -> tuple[list[LabelledScene], list[LabelledScene]]:
    """Divide scenes into those that teach and those that judge.

    Args:
        scenes: All of them; a single one does both.
        validation: Names of those that judge; empty takes a fifth, at least one, by the seed.
        seed: Chooses where no names are given.
        features: Classes that must be on both sides.

    Raises:
        TrainingError: A name is unknown, one side is empty or holds no pixel of a feature class.
    """
    names = [scene.name for scene in scenes]
    if unknown := sorted(set(validation) - set(names)):
        raise TrainingError(
            f"no scene named {', '.join(unknown)} to validate on; the dataset has "
            f"{', '.join(names)}"
        )
    if len(scenes) == 1:
        judging = teaching = list(scenes)
    else:
        count = max(1, len(scenes) // 5)
        shuffled = np.random.default_rng(seed).permutation(names)
        # Scenes without the feature cannot judge, so they come last; the order stays otherwise.
        lacking = {
            scene.name: sum(not scene.holds(label.id) for label in features) for scene in scenes
        }
        chosen = set(validation) or set(sorted(shuffled, key=lacking.__getitem__)[:count])
        judging = [scene for scene in scenes if scene.name in chosen]
        teaching = [scene for scene in scenes if scene.name not in chosen]
    for side, part in (("training", teaching), ("validation", judging)):
        for label in features:
            if not any(scene.holds(label.id) for scene in part):
                what = "the feature" if len(features) == 1 else f"class {label.id}, {label.name}"
                raise TrainingError(
                    f"the {len(part)} scenes for {side} hold no pixel of {what}; "
                    "label some, or choose other scenes for validation"
                )
    return teaching, judging
