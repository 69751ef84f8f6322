"""Labelled scenes are read as what they say: of several classes all count as the feature."""

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

from geoseg.ranking.areas import dataset_areas
from geoseg.tasks import find_task


def test_labels_of_several_classes_count_as_one_feature(tmp_path):
    ravines = find_task("ravines")
    folders = [tmp_path / "test" / side for side in ("input", "label")]
    for folder in folders:
        folder.mkdir(parents=True)
    bands = np.zeros((3, 8, 8), np.float32)
    label = np.zeros((1, 8, 8), np.uint8)
    label[0, 0, :3] = (1, 2, 255)
    for folder, values, names in zip(
        folders, (bands, label), ([b.name for b in ravines.bands], ["label"]), strict=True
    ):
        with rasterio.open(
            folder / f"a_{folder.name}.tif", "w", driver="GTiff", width=8, height=8,
            count=len(values), dtype=values.dtype, crs="EPSG:32633",
            transform=from_origin(0, 8, 1, 1),
        ) as raster:  # fmt: skip
            raster.write(values)
            raster.descriptions = names
    (area,) = dataset_areas(tmp_path, ravines, "terrain")
    with area.truth.open() as reader:
        assert reader.read(Window(0, 0, 3, 1)).tolist() == [[1, 1, 255]]
