"""A finished run of a grid of square outlines, written by hand."""

import json

import geopandas as gpd
import numpy as np
import rasterio
import shapely
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg import workspace
from geoseg.grid import Grid
from geoseg.pipeline import RunRequest
from geoseg.workspace.runs import change_state

WEST, NORTH, PIXEL_M, STEP = 400_000, 6_800_000, 10, 4


def made_up_run(area_id: str = "hill", across: int = 4) -> str:
    """Return a run whose outlines are across x across squares of 2 x 2 pixels, id from 1.

    Its last row of pixels has no data.
    """
    side = across * STEP
    grid = Grid(CRS.from_epsg(32632), from_origin(WEST, NORTH, PIXEL_M, PIXEL_M), side, side)
    request = RunRequest(rasters=["stack.tif"], settings={"setting": "s2"}, title="My hill")
    run_id = workspace.create_run(request, area_id)
    folder = workspace.run_folder(run_id)
    (folder / "run.json").write_text(json.dumps({"grid": grid.record(), "simulated": True}))
    for name, value in (("probability", 0.75), ("spread", 0.125)):
        with rasterio.open(
            folder / f"{name}.tif", "w", driver="GTiff", width=side, height=side, count=1,
            dtype="float32", crs=grid.crs, transform=grid.transform,
        ) as raster:  # fmt: skip
            raster.write(np.full((1, side, side), value, np.float32))
    classes = np.zeros((side, side), np.uint8)
    classes[-1] = 255
    with rasterio.open(
        folder / "classes.tif", "w", driver="GTiff", width=side, height=side, count=1,
        dtype="uint8", nodata=255, crs=grid.crs, transform=grid.transform,
    ) as raster:  # fmt: skip
        raster.write(classes, 1)
    _outlines(grid, across).to_file(folder / "polygons.gpkg", layer="polygons")
    change_state(run_id, status="finished")
    return run_id


def square(grid: Grid, col: float, row: float, size: float = 2) -> shapely.Polygon:
    x, y = grid.transform * (col, row)
    return shapely.box(x, y - PIXEL_M * size, x + PIXEL_M * size, y)


def drawn(run_id: str, col: float, row: float, size: float = 2) -> dict:
    """Return a square in pixels of the run, as GeoJSON in longitude and latitude."""
    grid = Grid.from_record(workspace.read_record(run_id)["grid"])
    shape = gpd.GeoSeries([square(grid, col, row, size)], crs=grid.crs.to_wkt()).to_crs(4326)
    return json.loads(json.dumps(shapely.geometry.mapping(shape.iloc[0])))


def _outlines(grid: Grid, across: int) -> gpd.GeoDataFrame:
    rows, cols = np.divmod(np.arange(across**2), across)
    x, y = WEST + PIXEL_M * STEP * cols, NORTH - PIXEL_M * STEP * rows
    columns = {
        "id": np.arange(1, across**2 + 1, dtype=np.int32), "class": "landslide", "area_m2": 400.0,
        "perim_m": 80.0, "mean_prob": np.linspace(0.5, 0.99, across**2), "mean_sprd": 0.125,
    }  # fmt: skip
    squares = shapely.box(x, y - 2 * PIXEL_M, x + 2 * PIXEL_M, y)
    return gpd.GeoDataFrame(columns, geometry=squares, crs=grid.crs.to_wkt())
