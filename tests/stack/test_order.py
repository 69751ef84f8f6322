"""Bands without names: taken by their place only where nothing says that they are something else."""

from dataclasses import replace
from pathlib import Path

import pytest
from affine import Affine
from rasterio.crs import CRS

from geoseg.grid import Grid
from geoseg.stack import BandSource, RasterInfo, match_bands
from geoseg.tasks import BEDROCK, LANDSLIDES, RAVINES, TASKS, WETLANDS, custom_task

GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 0, 0, -10, 0), 4, 4)
SIX = custom_task({"all": [(name, "") for name in ("p", "q", "r", "s", "t", "u")]})
THREE = custom_task({"all": [("wet", ""), ("dry", ""), ("cold", "")]})
PICTURE = ("red", "green", "blue")


def raster(name, descriptions=("",), colours=()):
    path = Path(name)
    bands = tuple(BandSource(path, n, text) for n, text in enumerate(descriptions, start=1))
    if colours:
        bands = tuple(replace(band, colour=c) for band, c in zip(bands, colours, strict=True))
    return RasterInfo(path, GRID, bands)


def found(rasters, task, setting=None):
    return {m.band: m.how for m in match_bands(rasters, task, setting=setting) if m.source}


@pytest.mark.parametrize(
    "names",
    [
        [f"GewataB{n}.tif" for n in (1, 2, 3, 4, 5, 7)],
        [f"LC08_L2SP_SR_B{n}.tif" for n in range(2, 8)],
        ["blue.tif", "green.tif", "red.tif", "nir.tif", "swir1.tif", "swir2.tif"],
        ["slope.tif", "aspect.tif", "x.tif", "y.tif", "z.tif", "w.tif"],
        ["a_VV.tif", "a_VH.tif", "b_VV.tif", "b_VH.tif", "c.tif", "d.tif"],
    ],
)
def test_files_named_by_another_task_or_sensor_are_not_taken_by_place(names):
    files = [raster(name) for name in names]
    assert found(files, SIX) == {}
    assert found(files, SIX, "all") == {}
    local = found(files, TASKS["local_landslides"], "rgb")
    assert "order" not in local.values()


def test_three_terrain_bands_are_not_three_bands_of_a_sensor():
    assert found([raster(f"scene_B{n}.tif") for n in (2, 3, 4)], RAVINES) == {}
    assert found([raster("scene.tif", ["B2", "B3", "B4"])], RAVINES) == {}
    assert found([raster("scene.tif", ["", "", ""])], RAVINES) == dict.fromkeys(
        [band.name for band in RAVINES.bands], "order"
    )


@pytest.mark.parametrize("task", [RAVINES, BEDROCK, LANDSLIDES])
def test_a_picture_is_no_terrain_and_no_radar(task):
    count = len(task.settings[0].bands)
    colours = (*PICTURE, *[""] * count)[:count]
    assert found([raster("photo.tif", [""] * count, colours)], task, task.settings[0].name) == {}


def test_a_picture_may_be_the_bands_of_a_task_without_units():
    photo = raster("photo.tif", ["", "", ""], PICTURE)
    assert found([photo], THREE) == {"wet": "order", "dry": "order", "cold": "order"}


def test_a_file_of_which_some_bands_have_other_names_is_not_taken_by_place():
    assert found([raster("s.tif", ["", "", "", "quality"])], THREE) == {}
    assert found([raster("s.tif", ["cloud", "", "", ""])], RAVINES) == {}


def test_six_bands_of_landsat_stay_six_bands_of_landsat():
    files = [raster(f"GewataB{n}.tif") for n in (1, 2, 3, 4, 5, 7)]
    assert set(found(files, WETLANDS).values()) == {"file name"}
    assert set(found([raster("s.tif", [""] * 6)], WETLANDS).values()) == {"order"}
