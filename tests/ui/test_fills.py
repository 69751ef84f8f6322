"""Numbers that stand for missing are told on the page Predict, and may be kept."""

import pytest
import rasterio

from geoseg.ui import cached
from geoseg.workspace.runs import list_runs, read_request
from tests.ui.test_pages import opened

KEEP = "Keep these numbers: they were measured"


@pytest.fixture
def holed_area(demo_area):
    with rasterio.open(demo_area.rasters[0], "r+", IGNORE_COG_LAYOUT_BREAK="YES") as raster:
        values = raster.read()
        values[:, 20:24, 20:24] = -9999
        raster.write(values)
    return demo_area


@pytest.mark.parametrize("kept", [False, True])
def test_a_void_is_told_and_the_choice_reaches_the_run(holed_area, kept):
    app = opened("predict.py")
    assert any("demo_stack.tif: -9999 in " in warning.value for warning in app.warning)
    if kept:
        next(box for box in app.checkbox if box.label == KEEP).check().run()
    next(button for button in app.button if button.label == "Run").click().run()
    assert not app.exception
    assert read_request(list_runs()[0].id).settings.fill == ("keep" if kept else "auto")


def test_nothing_is_asked_where_nothing_stands_alone(demo_area):
    app = opened("predict.py")
    assert not any(box.label == KEEP for box in app.checkbox)
    assert cached.fills(demo_area.rasters, "landslides", []) == ()
