"""The Gewata scene in a folder -> wetland datasets in the published layout.

    python examples/gewata_dataset.py DATA OUT

DATA holds GewataB1.tif ... GewataB7.tif and lulcGewata.tif (CC BY-SA 4.0, Wageningen University,
geoScripting course "Advanced Raster Analysis"). Four datasets, OUT/block1 ... OUT/block4, share the
northern two thirds (rows 0 to 783) for training; each keeps the labels of another block for
validation, and its training scene says "unknown" there. The southern third (rows 784 and below) is
the test scene of every dataset.
"""

import sys
from itertools import pairwise
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
BLOCK_ROWS = slice(392, FIRST_TEST_ROW)
BLOCK_COLUMNS = (310, 464, 619, 774, 929)
"""Blocks in the part that is rich in wetlands: small in area, so that training keeps the rest."""


def main(data: Path, out: Path) -> None:
    """Write the four datasets."""
    with rasterio.open(data / "lulcGewata.tif") as raster:
        height, width = raster.shape
    north = Window(0, 0, width, FIRST_TEST_ROW)
    south = Window(0, FIRST_TEST_ROW, width, height - FIRST_TEST_ROW)
    for number, (left, right) in enumerate(pairwise(BLOCK_COLUMNS), start=1):
        folder = out / f"block{number}"
        rows = BLOCK_ROWS.stop - BLOCK_ROWS.start
        block = Window(left, BLOCK_ROWS.start, right - left, rows)
        write_pair(data, folder / "train_val", "north", north, unknown=block)
        write_pair(data, folder / "train_val", f"block{number}", block)
        write_pair(data, folder / "test", "south", south)


def write_pair(
    data: Path, part: Path, name: str, window: Window, unknown: Window | None = None
) -> None:
    """Cut one window out of all bands and of the map; labels inside `unknown` are withheld."""
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
        label[unknown.toslices()] = UNKNOWN
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
