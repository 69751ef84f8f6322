"""Tiles of one scene and bands without names, as the study area page and its map show them."""

from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from streamlit.testing.v1 import AppTest

from geoseg.stack import inspect_raster
from geoseg.tasks import WETLANDS
from geoseg.ui import area_form, areas
from geoseg.ui.scenes import area_scene
from geoseg.web import layers
from geoseg.web.mosaics import drawn_from

MENU = Path(__file__).resolve().parents[2] / "pages" / "_menu.py"
LANDSAT = WETLANDS.setting("landsat").bands
PLACE = Affine(30, 0, 500_000, 0, -30, 6_600_000)


@pytest.fixture
def offered(home, demo_area, monkeypatch, tmp_path):
    folder = tmp_path / "offered"
    folder.mkdir()
    monkeypatch.setenv("GEOSEG_DATA", str(folder))
    rows, cols = np.indices((40, 60))
    scene = np.stack([rows * 100.0 + cols + band for band in range(6)]).astype("float32")

    def write(name, columns=slice(0, 60), names=LANDSAT):
        values = scene[:, :, columns]
        with rasterio.open(
            folder / name, "w", driver="GTiff", width=values.shape[2], height=40, count=6,
            dtype="float32", crs="EPSG:32633",
            transform=PLACE @ Affine.translation(columns.start, 0),
        ) as file:  # fmt: skip
            file.write(values)
            for number, text in enumerate(names, start=1):
                file.set_band_description(number, text)
        return folder / name

    write.scene = scene
    return write


def folder_page():
    app = AppTest.from_file(str(MENU), default_timeout=60).run()
    app = app.switch_page("study_area.py").run()
    return app.button_group[0].set_value("folder").run()


def said(elements) -> str:
    return " ".join(str(element.value) for element in elements)


def test_tiles_are_one_area_on_page_and_map(offered):
    tiles = [offered("east.tif", slice(25, 60)), offered("west.tif", slice(0, 30))]
    matches = areas.matches_of(tiles, WETLANDS, {})
    stack = areas.open_area(tiles, WETLANDS, matches)
    scene = area_scene(matches, WETLANDS, stack.grid, "B4")
    path, band = layers.find(scene.layers[0].id).sources[0]
    with rasterio.open(path) as drawn:
        np.testing.assert_array_equal(drawn.read(band), offered.scene[3])
    source = inspect_raster(tiles[0]).bands[3]
    assert drawn_from([source]) == (tiles[0], 4)
    app = folder_page()
    assert not app.exception
    assert not app.error
    assert "These bands are enough for: Landsat, six bands." in said(app.success)
    assert "60 x 40 pixels" in said(app.markdown)
    assert "Mapped as one scene in parts" in said(app.markdown)


def test_bands_without_names_get_no_green_tick_until_a_person_has_looked(offered):
    path = offered("nameless.tif", names=())
    app = folder_page()
    assert not app.exception
    assert not app.success
    assert "taken by their place in the files. Please check" in said(app.warning)
    box = next(box for box in app.checkbox if "I have checked" in box.label)
    app = box.check().run()
    assert "These bands are enough for: Landsat" in said(app.success)
    assert area_form.likely_task([path]) == "wetlands"


def test_tiles_of_two_dates_are_told_in_a_sentence(offered):
    offered("a_west.tif", slice(0, 30))
    offered("b_east.tif", slice(30, 60))
    offered("c_east_july.tif", slice(30, 60))
    app = folder_page()
    assert not app.exception
    assert "show the same ground, so nothing says which belong together" in said(app.error)
