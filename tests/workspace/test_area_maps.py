"""Maps that are no runs are checked before they are kept with a study area."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.errors import GeosegError, WorkspaceError
from geoseg.exports.raster import RasterWriter
from geoseg.grid import Grid
from geoseg.tasks import LANDSLIDES
from geoseg.workspace.area_maps import delete_map, keep_map, list_maps, read_map
from geoseg.workspace.areas import AREAS
from geoseg.workspace.files import checked
from tests.workspace.picked import area_of

pytestmark = pytest.mark.usefixtures("home")
GRID = Grid(CRS.from_epsg(32633), from_origin(500_000, 6_800_000, 10, 10), 30, 20)


def raster(path, values):
    with RasterWriter(path, GRID, ["class"], str(values.dtype), None) as writer:
        writer.write(0, values)
    return path.read_bytes()


def test_a_map_is_kept_listed_and_removed(tmp_path):
    area = area_of(tmp_path / "area").id
    assert list_maps(area) == []
    content = raster(tmp_path / "old.tif", np.eye(20, 30, dtype=np.uint8) * 6)
    kept = keep_map(area, "../old.tif", content, ("6",), (GRID, LANDSLIDES))
    assert (kept.title, kept.positive) == ("old.tif", ("6",))
    assert kept.path.read_bytes() == content
    assert kept.path.is_relative_to(checked(AREAS, area))
    assert list_maps(area) == [read_map(area, kept.id)] == [kept]
    delete_map(area, kept.id)
    assert list_maps(area) == []
    with pytest.raises(WorkspaceError, match="the study area has no map"):
        read_map(area, kept.id)


def test_of_a_file_of_several_layers_one_is_kept(tmp_path):
    area = area_of(tmp_path / "area").id
    path = tmp_path / "inventory.gpkg"
    frame = gpd.GeoDataFrame(geometry=[shapely.box(*GRID.bounds)], crs=GRID.crs)
    for layer in ("districts", "old/new"):
        frame.to_file(path, layer=layer)
    content, on = path.read_bytes(), (GRID, LANDSLIDES)
    with pytest.raises(GeosegError, match="2 layers with polygons"):
        keep_map(area, "inventory.gpkg", content, (), on)
    kept = keep_map(area, "inventory.gpkg:old/new", content, (), on)
    assert kept.title == "inventory.gpkg:old/new"
    assert list_maps(area) == [kept]
    delete_map(area, kept.id)
    assert list_maps(area) == []


@pytest.mark.parametrize(
    ("positive", "words"),
    [((), "which is no class id"), (("7",), "which is no class id")],
)
def test_what_is_no_map_is_not_kept(tmp_path, positive, words):
    area = area_of(tmp_path / "area").id
    content = raster(tmp_path / "p.tif", np.full((20, 30), 0.5, np.float32))
    with pytest.raises(GeosegError, match=words):
        keep_map(area, "p.tif", content, positive, (GRID, LANDSLIDES))
    assert list_maps(area) == []
    folder = checked(AREAS, area) / "maps"
    assert not folder.exists() or not list(folder.iterdir())


def test_an_area_that_is_gone_has_no_maps():
    assert list_maps("") == list_maps("../x") == []
