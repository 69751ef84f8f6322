"""The page asks which layer or band of a reference is meant, only where there are several."""

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from streamlit.testing.v1 import AppTest


def page(path: str) -> None:
    from pathlib import Path

    import streamlit as st

    from geoseg.tasks import LANDSLIDES
    from geoseg.ui.reference_form import choose_part

    st.text(str(choose_part(Path(path), LANDSLIDES)))


def shown(path) -> AppTest:
    return AppTest.from_function(page, kwargs={"path": str(path)}, default_timeout=60).run()


@pytest.fixture
def raster(tmp_path):
    def write(bands):
        path = tmp_path / f"{bands}.tif"
        with rasterio.open(path, "w", driver="GTiff", height=8, width=8, count=bands, dtype="uint8",
                           crs="EPSG:32633", transform=Affine(10, 0, 5e5, 0, -10, 66e5)) as file:  # fmt: skip
            file.write(np.zeros((bands, 8, 8), np.uint8))
        return path

    return write


def test_one_band_and_one_layer_ask_nothing(raster, tmp_path):
    frame = geopandas.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=32633)
    frame.to_file(tmp_path / "one.gpkg")
    for path in (raster(1), tmp_path / "one.gpkg"):
        app = shown(path)
        assert not app.selectbox
        assert app.text[0].value == str(path)


def test_several_layers_are_offered(tmp_path):
    frame = geopandas.GeoDataFrame(geometry=[shapely.box(0, 0, 1, 1)], crs=32633)
    path = tmp_path / "two.gpkg"
    for layer in ("districts", "slides"):
        frame.to_file(path, layer=layer)
    app = shown(path)
    assert app.text[0].value == str(path)
    app.selectbox[0].select("slides").run()
    assert app.text[0].value == f"{path}:slides"
    app.selectbox[0].select("all layers together").run()
    assert app.text[0].value == f"{path}:all"


def test_bands_and_colours_are_offered(raster):
    path = raster(3)
    app = shown(path)
    app.selectbox[0].select("3.tif#2").run()
    assert app.text[0].value == f"{path}:2"
    app.selectbox[0].select("a band for every class").run()
    assert app.text[0].value == f"{path}:onehot"
    app.selectbox[0].select("by a colour").run()
    assert app.text[0].value == f"{path}:#0080ff"
    app.text_input[0].set_value("blue").run()
    assert "expected colours such as #0080ff" in app.error[0].value
    assert not app.exception
