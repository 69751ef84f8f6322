"""The Gewata scene in a folder -> a wetland dataset in the published layout.

    python examples/gewata_dataset.py DATA OUT

DATA holds GewataB1.tif ... GewataB7.tif and lulcGewata.tif (CC BY-SA 4.0, Wageningen University,
geoScripting course "Advanced Raster Analysis"). The northern two thirds (rows 0 to 783) teach and
judge: every fifth cell of 98 x 98 pixels, a knight's move apart, is labelled in the scene "judge"
and unknown in the scene "teach"; all other cells the other way round. So every member is judged on
the same ground, spread over the whole north. The southern third (rows 784 and below) is the test
scene.
"""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

BANDS = ("B1", "B2", "B3", "B4", "B5", "B7")
WETLAND = 6
FIRST_TEST_ROW = 784
UNKNOWN = 255
CELL = 98
"""Pixels, an eighth of the north's rows."""


def main(data: Path, out: Path) -> None:
    """Write the dataset."""
    with rasterio.open(data / "lulcGewata.tif") as raster:
        height, width = raster.shape
    north = Window(0, 0, width, FIRST_TEST_ROW)
    south = Window(0, FIRST_TEST_ROW, width, height - FIRST_TEST_ROW)
    judging = judging_cells(FIRST_TEST_ROW, width)
    write_pair(data, out / "train_val", "teach", north, unknown=judging)
    write_pair(data, out / "train_val", "judge", north, unknown=~judging)
    write_pair(data, out / "test", "south", south)


def judging_cells(height: int, width: int) -> NDArray[np.bool_]:
    """Return True in every fifth cell, (y, x); no two of them share a side."""
    rows, cols = np.indices((height, width)) // CELL
    return np.asarray((rows + 2 * cols) % 5 == 0)


def write_pair(
    data: Path,
    part: Path,
    name: str,
    window: Window,
    unknown: NDArray[np.bool_] | None = None,
) -> None:
    """Cut one window out of all bands and of the map; labels where `unknown` are withheld."""
    bands = []
    for band in BANDS:
        with rasterio.open(data / f"Gewata{band}.tif") as raster:
            bands.append(raster.read(1, window=window))
    with rasterio.open(data / "lulcGewata.tif") as raster:
        classes = raster.read(1, window=window)
        profile = {
            "driver": "GTiff",
            "crs": raster.crs,
            "transform": raster.window_transform(window),
            "width": window.width,
            "height": window.height,
            "compress": "deflate",
        }
    label = np.where(np.isnan(classes), UNKNOWN, classes == WETLAND).astype(np.uint8)
    if unknown is not None:
        label[unknown] = UNKNOWN
    write(part / "input" / f"{name}_input.tif", np.stack(bands), BANDS, profile)
    write(part / "label" / f"{name}_label.tif", label[None], ("wetland",), profile)


def write(
    path: Path, values: NDArray[Any], names: tuple[str, ...], profile: dict[str, Any]
) -> None:
    """Write one GeoTIFF with named bands."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(path, "w", count=len(values), dtype=values.dtype, **profile) as raster:
        raster.write(values)
        for index, name in enumerate(names, start=1):
            raster.set_band_description(index, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
