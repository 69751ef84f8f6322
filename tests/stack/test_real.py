"""Real rasters, where they are at hand: what is known of them must come out."""

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from geoseg.stack import blocks, inspect_raster, open_reference, open_stack, sample_statistics
from geoseg.tasks import WETLANDS, custom_task


@pytest.fixture
def gewata(shared_data):
    return shared_data / "gewata"


def test_gewata_becomes_a_stack_of_six_bands(gewata):
    files = [gewata / f"GewataB{n}.tif" for n in (7, 5, 4, 3, 2, 1)]
    stack = open_stack(files, WETLANDS, "landsat")
    assert stack.names == ("B1", "B2", "B3", "B4", "B5", "B7")
    assert stack.grid.words() == "EPSG:32636, 30 m pixels, 1177 rows x 1548 columns"
    assert stack.notes == ()
    window = Window(300, 784, 200, 100)
    with stack.open() as reader, rasterio.open(gewata / "GewataB4.tif") as dataset:
        np.testing.assert_array_equal(reader.read(window)[3], dataset.read(1, window=window))


def test_gewatas_reference_holds_the_published_wetland(gewata):
    grid = inspect_raster(gewata / "GewataB1.tif").grid
    reference = open_reference(gewata / "lulcGewata.tif", grid, WETLANDS)
    with reference.open() as reader:
        counts = sum(np.bincount(reader.read(w).ravel(), minlength=256) for w in blocks(grid))
    assert counts[1] == 104_616
    assert counts[[0, 1]].sum() / counts.sum() == pytest.approx(0.55, abs=0.01)


def test_ecuadors_terrain_is_found_by_description(shared_data):
    path = shared_data / "ecuador_landslides" / "ta.tif"
    names = ("slope", "cplan", "cprof", "elev", "log10_carea")
    task = custom_task({"terrain": [(name, "") for name in names]})
    stack = open_stack([path], task, "terrain")
    slope, *_, elevation, _ = sample_statistics(stack)
    assert 0 <= slope.minimum < slope.maximum < 90
    assert 1500 < elevation.median < 3000


def test_the_smallest_float_of_a_real_surface_model_is_missing(shared_data):
    path = shared_data / "lidar_us" / "dsm.tif"
    stack = open_stack([path], custom_task({"s": [("dsm", "m")]}), "s")
    (row,) = sample_statistics(stack)
    assert row.minimum > 0
