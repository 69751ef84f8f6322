"""Bands taken by their place: refused where their values are plainly those of something else."""

from pathlib import Path

import numpy as np
import pytest
from affine import Affine
from rasterio.crs import CRS

from geoseg.errors import BandError, SettingsError
from geoseg.grid import Grid
from geoseg.models.zoo import list_members
from geoseg.pipeline.by_place import refuse_strangers
from geoseg.pipeline.plan import only_setting
from geoseg.stack import BandSource, Layer, RasterStack
from geoseg.stack.statistics import summarise
from geoseg.tasks import RAVINES, WETLANDS
from tests.pipeline import tiny

GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), 4, 4)


def card(task, setting):
    return list_members(None, task, setting)[0].card


def like(seen, factor=1.0):
    """Return one row of values a band of a card, spread as in training."""
    spread = np.random.default_rng(0).normal(size=500)
    return [(band.mean + band.std * spread) * factor for band in seen.bands]


def case(names, values, how="order"):
    path = Path("scene.tif")
    layers = tuple(Layer(n, BandSource(path, i), how=how) for i, n in enumerate(names, start=1))
    stats = [
        summarise(name, row.astype("float32")) for name, row in zip(names, values, strict=True)
    ]
    return RasterStack(layers, GRID), stats


@pytest.mark.parametrize(
    ("own", "given"),
    [
        (("ravines", "terrain"), [1200.0, 900.0, 2500.0]),
        (("wetlands", "landsat"), [-12.0, -11.0, 1.0, -18.0, -17.0, 1.0]),
        (("bedrock", "terrain"), [900.0, 90000.0, 9000.0, 60000.0, 30000.0, 5000.0, 7000.0]),
    ],
)
def test_values_of_something_else_are_refused(own, given):
    mine = card(*own)
    noise = np.random.default_rng(1).normal(0, 3, 500)
    stack, stats = case([b.name for b in mine.bands], [value + noise for value in given])
    with pytest.raises(BandError, match=r"nothing in scene\.tif names its bands, so they were"):
        refuse_strangers(stack, stats, mine)
    named, stats = case([b.name for b in mine.bands], [value + noise for value in given], "chosen")
    refuse_strangers(named, stats, mine)


def test_the_task_that_learned_from_such_values_is_named():
    theirs = card("landslides", "s1")
    mine = card("bedrock", "terrain")
    nine = [b.model_copy(update={"name": f"p{n}", "mean": 800.0, "std": 40.0, "unit": ""})
            for n, b in enumerate((*mine.bands, *mine.bands[:2]))]  # fmt: skip
    mine = mine.model_copy(update={"bands": tuple(nine), "setting": "nine"})
    stack, stats = case([band.name for band in mine.bands], like(theirs))
    with pytest.raises(BandError, match="look like the bands of landslides, setting s1"):
        refuse_strangers(stack, stats, mine)


def test_values_another_task_knows_are_refused_though_a_factor_would_make_them_fit():
    mine, landsat = card("bedrock", "terrain"), card("wetlands", "landsat")
    bands = [b.model_copy(update={"name": f"p{n}", "mean": b.mean / 10, "std": b.std / 10})
             for n, b in enumerate(landsat.bands)]  # fmt: skip
    mine = mine.model_copy(update={"bands": tuple(bands), "setting": "six"})
    stack, stats = case([band.name for band in bands], like(landsat))
    with pytest.raises(BandError, match="look like the bands of wetlands, setting landsat"):
        refuse_strangers(stack, stats, mine)


@pytest.mark.parametrize("factor", [1.0, 0.0001])
@pytest.mark.parametrize("own", [("wetlands", "landsat"), ("ravines", "terrain")])
def test_what_the_networks_know_is_taken_whatever_its_unit(own, factor):
    mine = card(*own)
    if own[0] == "ravines" and factor != 1:
        factor = 1.0  # degrees and metres have no such unit
    stack, stats = case([band.name for band in mine.bands], like(mine, factor))
    refuse_strangers(stack, stats, mine)


def test_a_setting_is_not_guessed_from_places_alone(tmp_path):
    ones, landsat = np.ones((8, 8), "float32"), WETLANDS.setting("landsat").bands
    nameless = tiny.write_raster(
        tmp_path / "a.tif", {f"Band {number}": ones for number in range(1, 7)}
    )
    with pytest.raises(SettingsError, match="choose it with --setting: landsat reads B1, B2, B3"):
        only_setting([nameless], WETLANDS, {})
    named = tiny.write_raster(tmp_path / "b.tif", dict.fromkeys(landsat, ones))
    assert only_setting([named], WETLANDS, {}) == "landsat"
    chosen = {name: f"a.tif#{n}" for n, name in enumerate(landsat, start=1)}
    assert only_setting([nameless], WETLANDS, chosen) == "landsat"
    with pytest.raises(SettingsError, match="allow no setting of ravines"):
        only_setting([named], RAVINES, {})
