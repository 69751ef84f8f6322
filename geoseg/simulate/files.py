"""Scenes -> GeoTIFFs, alone or in the published dataset layout."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray

from geoseg.errors import DiskError
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.simulate.scene import Scene
from geoseg.tasks.landslides import LANDSLIDES

FEWEST_FOR_A_TEST = 3
TEST_SHARE = 21
"""One scene in so many is kept for testing, as in the published dataset (20 and 1)."""


def write_scene(folder: Path, scene: Scene, prefix: str | None = None) -> tuple[Path, Path]:
    """Write <prefix>_input.tif and <prefix>_label.tif; return their paths.

    Raises:
        DiskError: The folder cannot be written.
    """
    return _write_pair(folder, folder, scene, prefix or scene.name)


def write_dataset(
    out: Path,
    scenes: Sequence[Scene],
    seed: int,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> None:
    """Write {train_val,test}/{input,label}; which scenes are for testing depends on the seed.

    Fewer than three scenes are all for training and validation.

    Raises:
        DiskError: The folder cannot be written.
    """
    share = -(-len(scenes) // TEST_SHARE) if len(scenes) >= FEWEST_FOR_A_TEST else 0
    chosen = np.random.default_rng(seed).permutation(len(scenes))[:share]
    for number, scene in enumerate(scenes):
        stop_if(cancelled)
        part = out / ("test" if number in chosen else "train_val")
        _write_pair(part / "input", part / "label", scene, scene.name)
        progress(Event("writing scenes", number + 1, len(scenes)))


def _write_pair(inputs: Path, labels: Path, scene: Scene, prefix: str) -> tuple[Path, Path]:
    stack, reference = inputs / f"{prefix}_input.tif", labels / f"{prefix}_label.tif"
    names = [band.name for band in LANDSLIDES.bands]
    try:
        inputs.mkdir(parents=True, exist_ok=True)
        labels.mkdir(parents=True, exist_ok=True)
        _write(stack, scene, scene.bands, names, float("nan"))
        _write(reference, scene, scene.reference[None], ["landslide"], None)
    except (OSError, rasterio.errors.RasterioIOError) as error:
        raise DiskError(f"the simulated scene cannot be written to {inputs}: {error}") from error
    return stack, reference


def _write(
    path: Path, scene: Scene, values: NDArray[Any], names: Sequence[str], nodata: float | None
) -> None:
    """Write one GeoTIFF whole or not at all, tagged as simulated."""
    floats = values.dtype.kind == "f"
    unfinished = path.with_suffix(".partial")
    with rasterio.open(
        unfinished, "w", driver="GTiff", crs=scene.grid.crs, transform=scene.grid.transform,
        width=scene.grid.width, height=scene.grid.height, count=len(values), dtype=values.dtype,
        nodata=nodata, compress="deflate", zlevel=1, predictor=3 if floats else 2, tiled=True,
        blockxsize=256, blockysize=256,
    ) as raster:  # fmt: skip
        raster.write(values)
        raster.update_tags(SIMULATED="yes", GEOSEG_SIMULATED="yes", GEOSEG_SEED=str(scene.seed))
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION="SIMULATED landslide scene, not a real place")
        for index, name in enumerate(names, start=1):
            raster.set_band_description(index, name)
            if floats and (unit := LANDSLIDES.band(name).unit):
                raster.set_band_unit(index, unit)
    unfinished.replace(path)
