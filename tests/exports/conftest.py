"""A small grid far north, and a probability map whose values are all different."""

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from geoseg.grid import Grid

METRES_10 = Affine(10, 0, 500_000, 0, -10, 6_800_000)


@pytest.fixture
def grid():
    return Grid(CRS.from_epsg(32633), METRES_10, width=613, height=541)


@pytest.fixture
def probability(grid):
    values = np.random.default_rng(1).random(grid.shape, dtype=np.float32)
    values[:40, 100:300] = np.nan
    return values
