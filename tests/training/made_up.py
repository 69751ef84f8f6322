"""Small labelled scenes with known truth, in the published layout."""

import numpy as np
import rasterio
from affine import Affine

NAMES = ("B1", "B2", "B3", "B4", "B5", "B7")


def write_raster(path, values, names=None, nodata=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", count=len(values), dtype=values.dtype, crs="EPSG:32636",
        transform=Affine(30, 0, 5e5, 0, -30, 1e6), width=values.shape[2], height=values.shape[1],
        nodata=nodata,
    ) as raster:  # fmt: skip
        raster.write(values)
        for index, name in enumerate(names or [], start=1):
            raster.set_band_description(index, name)


def wet_scene(seed, side=96):
    """Six noisy bands; the fourth is low on a disc, which is the wetland."""
    rng = np.random.default_rng(seed)
    rows, cols = np.indices((side, side))
    centre = rng.uniform(0.35 * side, 0.65 * side, 2)
    label = (np.hypot(rows - centre[0], cols - centre[1]) < side / 5).astype(np.uint8)
    bands = rng.normal(1000, 100, (6, side, side)).astype(np.float32)
    bands[3] -= np.float32(400) * label
    return bands, label


def write_pair(folder, name, bands, label, names=NAMES):
    write_raster(folder / "train_val/input" / f"{name}_input.tif", bands, names, float("nan"))
    write_raster(folder / "train_val/label" / f"{name}_label.tif", label[None])
