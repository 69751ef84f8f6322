"""Elevations that a task reads come in metres, whatever their file counts them in."""

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from geoseg.errors import SettingsError
from geoseg.stack.heights import METRES, asked_unit, spelled
from geoseg.stack.opening import open_stack
from geoseg.tasks import Band, ClassLabel, Setting, Task

TASK = Task(
    name="ground", title="Ground", feature="slide",
    bands=(Band("elevation", "Elevation", "m"), Band("slope", "Slope", "degrees")),
    settings=(Setting("all", "All", ("elevation", "slope")),),
    classes=(ClassLabel(0, "none", "#000000"), ClassLabel(1, "slide", "#ff0000")),
    default_setting="all",
)  # fmt: skip
VALUES = np.full((2, 8, 8), 100, np.float32)


@pytest.mark.parametrize(
    ("crs", "unit", "metres"),
    [
        ("EPSG:26910", "ft", 0.3048), ("EPSG:26910", "US survey foot", 1200 / 3937),
        ("EPSG:26910+6360", None, 1200 / 3937), ("EPSG:26910+8228", None, 0.3048),
        ("EPSG:26910", "cm", 0.01), ("EPSG:26910", "m", 1), ("EPSG:26910", None, 1),
    ],
)  # fmt: skip
def test_an_elevation_band_is_read_in_metres_and_the_others_as_they_are(write, crs, unit, metres):
    path = write("bands.tif", VALUES, crs=crs, names=("elevation", "slope"))
    if unit:
        with rasterio.open(path, "r+") as file:
            file.units = (unit, "degrees")
    stack = open_stack([path], TASK, "all")
    with stack.open() as reader:
        values = reader.read(Window(0, 0, 8, 8))
    assert values[0] == pytest.approx(np.full((8, 8), 100 * metres), rel=1e-5)
    assert (values[1] == 100).all()
    assert any("converted to metres" in note for note in stack.notes) == (metres != 1)


@pytest.mark.parametrize("text", ["Metre", "meters", "m a.s.l.", "M"])
def test_metres_are_known_by_many_names(text):
    assert spelled(text) == METRES


@pytest.mark.parametrize("text", ["", "degrees", "reflectance", "foot-pound"])
def test_what_is_no_length_is_no_unit_of_heights(text):
    assert spelled(text) is None


def test_an_unknown_choice_is_told_with_the_known_ones():
    with pytest.raises(SettingsError, match="auto, metres, feet, us-feet"):
        asked_unit("cubits")
