"""The catalogue entry of a run: valid, placed rightly, with links that move with the folder."""

import json
from dataclasses import replace

import numpy as np
import pystac
import pytest
from affine import Affine
from pystac.extensions.projection import ProjectionExtension
from pystac.extensions.raster import RasterExtension
from rasterio.crs import CRS

from geoseg.errors import ExportError
from geoseg.exports.raster import RasterWriter
from geoseg.exports.record import make_record, write_record
from geoseg.exports.stac import write_stac
from geoseg.grid import Grid
from geoseg.pipeline.products import TITLES


@pytest.fixture
def described(tmp_path, grid, facts, probability):
    def make(**changes):
        record = make_record(replace(facts, **changes))
        place = Grid.from_record(record["grid"])
        with RasterWriter(tmp_path / "probability.tif", place, ["p"], "float32", np.nan) as writer:
            writer.write(0, probability)
        with RasterWriter(tmp_path / "classes.tif", place, ["c"], "uint8", 255) as writer:
            writer.write(0, (probability > 0.5).astype(np.uint8))
        (tmp_path / "report.html").write_text("<html></html>")
        write_record(record, tmp_path)
        return pystac.Item.from_file(str(write_stac(tmp_path, TITLES)))

    return make


def test_the_item_is_valid_after_the_standard(described):
    item = described()
    item.stac_extensions = []  # their schemas lie on the internet; the core's come with pystac
    assert item.validate()


def test_the_item_lies_where_the_grid_lies(described, grid):
    item = described()
    assert item.bbox == pytest.approx(list(grid.lonlat_bounds), abs=1e-5)
    placed = ProjectionExtension.ext(item)
    assert placed.epsg == 32633
    assert placed.shape == list(grid.shape)
    assert placed.transform == list(grid.transform)[:6]
    assert placed.bbox == list(grid.bounds)


def test_a_grid_without_a_code_is_told_in_full(described, grid):
    crs = CRS.from_proj4("+proj=laea +lat_0=61 +lon_0=15 +datum=WGS84 +units=m")
    placed = ProjectionExtension.ext(described(grid=replace(grid, crs=crs)))
    assert placed.code is None
    assert "Lambert Azimuthal Equal Area" in placed.wkt2


def test_every_file_there_is_linked_relatively(described, tmp_path):
    described()
    assets = json.loads((tmp_path / "stac.json").read_text())["assets"]
    assert {asset["href"] for asset in assets.values()} == {
        "./probability.tif", "./classes.tif", "./report.html", "./run.json",
    }  # fmt: skip
    assert assets["probability_tif"]["file:size"] == (tmp_path / "probability.tif").stat().st_size


def test_maps_tell_their_numbers_and_classes(described):
    item = described()
    bands = {name: RasterExtension.ext(item.assets[name]).bands[0]
             for name in ("probability_tif", "classes_tif")}  # fmt: skip
    assert (bands["probability_tif"].data_type, bands["probability_tif"].nodata) == (
        "float32",
        "nan",
    )
    assert (bands["classes_tif"].data_type, bands["classes_tif"].nodata) == ("uint8", 255)
    assert bands["classes_tif"].spatial_resolution == 10
    classes = item.assets["classes_tif"].extra_fields["classification:classes"]
    assert [row["value"] for row in classes] == [0, 1, 255]
    assert classes[1]["description"] == "landslide"


def test_simulated_data_are_called_simulated(described):
    properties = described(simulated=True).properties
    assert properties["geoseg:simulated"]
    assert "simulated" in properties["keywords"]
    assert "simulated data, not measured" in properties["description"]
    assert "simulated" not in described().properties["keywords"]


def test_a_folder_that_is_no_run_is_told(tmp_path):
    with pytest.raises(ExportError, match=r"no run\.json"):
        write_stac(tmp_path, TITLES)


def test_a_run_across_180_degrees_has_west_greater_than_east_and_a_cut_footprint(described, grid):
    """RFC 7946, 5.2 and 3.1.9; catalogues would else show it around the world."""
    across = replace(
        grid,
        crs=CRS.from_epsg(32760),
        transform=Affine(30, 0, 819_200 - 15 * grid.width, 0, -30, 8_100_000),
    )
    item = described(grid=across)
    west, south, east, north = item.bbox
    assert west > 179.9
    assert east < -179.9
    assert south < north < -17
    assert item.geometry["type"] == "MultiPolygon"
    assert item.bbox == pytest.approx(list(across.lonlat_bounds), abs=1e-5)
    item.stac_extensions = []
    assert item.validate()
