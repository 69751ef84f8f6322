"""Real terrain models -> pictures of their predictors for docs/predictors.md.

python examples/draw_predictors.py DATA docs/pictures/predictors

DATA holds the folders lidar_slovenia, lidar_us, runout_cascades and ecuador_landslides.
"""

import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.exports.derived import derive_canopy, derive_terrain

mpl.use("Agg")
import matplotlib.pyplot as plt

LOOKS = {"hillshade": "gray", "slope": "magma", "elevation": "terrain", "CHM": "YlGn",
         "relief12": "viridis", "valley_depth1000m": "Blues"}  # fmt: skip
DIVERGING = "RdBu_r"


@dataclass(frozen=True)
class Place:
    """One real terrain model and what is drawn of it."""

    name: str
    title: str
    file: str
    predictors: tuple[str, ...]


PLACES = (
    Place("slovenia", "Hills in Slovenia, 1 m (ARSO LiDAR, RVT_py test data, Apache-2.0)",
          "lidar_slovenia/TM1_564_146.tif", ("hillshade", "slope", "tpi100m", "roughness5m")),
    Place("cascades", "Ground before a landslide in the Cascade Range, 10 m (landlab, MIT)",
          "runout_cascades/pre_runout_DEM.asc", ("hillshade", "slope", "tpi9", "relief12")),
    Place("ecuador", "Southern Ecuador, 10 m (spDataLarge, CC0)",
          "ecuador_landslides/ta.tif", ("hillshade", "slope", "valley_depth1000m", "tpi9")),
)  # fmt: skip


def main(data: Path, out: Path) -> None:
    """Draw every place, and canopy height of one."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "predictors.tif"
        for place in PLACES:
            source = as_geotiff(data / place.file, Path(scratch))
            derive_terrain(source, place.predictors, made)
            draw(made, place.title, out / f"{place.name}.jpg")
        us = data / "lidar_us"
        derive_canopy(us / "dsm.tif", us / "dem.tif", made)
        draw(made, "Canopy height, 1 m (opengeos/lidar, MIT)", out / "canopy.jpg")


def as_geotiff(path: Path, folder: Path) -> Path:
    """Return a GeoTIFF; an ASCII grid without a CRS, in metres, is given one."""
    if path.suffix != ".asc":
        return path
    with path.open() as file:
        head = dict(file.readline().split() for _ in range(6))
    values = np.loadtxt(path, skiprows=6, dtype=np.float32)
    side, rows = float(head["cellsize"]), int(head["nrows"])
    top = float(head["yllcorner"]) + rows * side
    target = folder / f"{path.stem}.tif"
    with rasterio.open(
        target, "w", driver="GTiff", width=values.shape[1], height=rows, count=1, dtype="float32",
        crs=CRS.from_epsg(32610), nodata=float(head["NODATA_value"]),
        transform=from_origin(float(head["xllcorner"]), top, side, side),
    ) as raster:  # fmt: skip
        raster.write(values, 1)
    return target


def draw(path: Path, title: str, out: Path) -> None:
    """Draw every band of a GeoTIFF beside the others."""
    with rasterio.open(path) as raster:
        bands = dict(zip(raster.descriptions, raster.read(), strict=True))
    figure, axes = plt.subplots(1, len(bands), figsize=(3.2 * len(bands), 3.6), squeeze=False)
    for axis, (name, values) in zip(axes[0], bands.items(), strict=True):
        low, high = np.nanpercentile(values, [2, 98])
        if name.startswith("tpi"):
            low, high = -max(-low, high), max(-low, high)
        look = LOOKS.get(name, DIVERGING if name.startswith("tpi") else "viridis")
        drawn = axis.imshow(values, cmap=look, vmin=low, vmax=high, interpolation="nearest")
        axis.set_title(name, fontsize=10)
        axis.axis("off")
        figure.colorbar(drawn, ax=axis, shrink=0.7, pad=0.02)
    figure.suptitle(title, fontsize=11)
    figure.tight_layout()
    figure.savefig(out, dpi=72, pil_kwargs={"optimize": True, "quality": 82})
    plt.close(figure)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
