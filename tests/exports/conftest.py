"""A small grid far north, a probability map, and the facts of a run on it."""

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from geoseg.exports.record import RunFacts
from geoseg.grid import Grid
from geoseg.models.card import BandStatistics, Card
from geoseg.settings import RunSettings
from geoseg.tasks import LANDSLIDES

METRES_10 = Affine(10, 0, 500_000, 0, -10, 6_800_000)


@pytest.fixture
def grid():
    return Grid(CRS.from_epsg(32633), METRES_10, width=613, height=541)


@pytest.fixture
def probability(grid):
    values = np.random.default_rng(1).random(grid.shape, dtype=np.float32)
    values[:40, 100:300] = np.nan
    return values


@pytest.fixture
def card():
    return Card(
        name="fpn-dice", task="landslides", setting="s2", architecture="FPN", encoder="resnet18",
        bands=[BandStatistics(name=name, mean=0, std=1) for name in ("CART_landcover", "dNDVI")],
        loss="dice", learning_rate=0.001, validation_f1=0.71, trained_on="12 simulated scenes",
        simulated=True, licence="MIT", attribution="GeoSeg authors", sha256="0" * 64,
    )  # fmt: skip


@pytest.fixture
def facts(grid, card):
    return RunFacts(
        settings=RunSettings(setting="s2", ensemble_size=2),
        task=LANDSLIDES,
        members=[card, card.model_copy(update={"name": "unet-bce", "validation_f1": None})],
        grid=grid,
        title="Valley <script>alert(1)</script>",
        inputs=[Path("/secret/stack.tif")],
        bands={"dNDVI": "stack.tif#15", "CART_landcover": "stack.tif#14"},
        notes=["All layers are put on EPSG:32633, 10 m."],
        timings_s={"predicting": 12.5},
        valid_pixels=613 * 541,
        feature_area_m2=120 * grid.pixel_area_m2,
        polygons=3,
    )
