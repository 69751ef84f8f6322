from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from starlette.applications import Starlette
from starlette.testclient import TestClient

from geoseg.web.server import exception_handlers, middleware, routes

WEST_M, NORTH_M, PIXEL_M = 1_000_000.0, 6_000_000.0, 100.0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty workspace of its own."""
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("GEOSEG_DATA", raising=False)
    monkeypatch.delenv("GEOSEG_TOKEN", raising=False)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


@pytest.fixture
def client(home: Path) -> Iterator[TestClient]:
    """Our routes as the app serves them, without the pages and the worker."""
    app = Starlette(
        routes=routes(), middleware=middleware(), exception_handlers=exception_handlers()
    )
    with TestClient(app, base_url="http://testserver") as client:
        yield client


@pytest.fixture
def write(home: Path):
    """Write a raster into the workspace, on the web map's own grid unless told otherwise."""

    def write(name: str, values: np.ndarray, **changes) -> Path:
        bands = values if values.ndim == 3 else values[None]
        profile = {
            "driver": "GTiff", "crs": "EPSG:3857", "count": len(bands), "dtype": bands.dtype,
            "height": bands.shape[1], "width": bands.shape[2],
            "transform": from_origin(WEST_M, NORTH_M, PIXEL_M, PIXEL_M), **changes,
        }  # fmt: skip
        with rasterio.open(home / name, "w", **profile) as file:
            file.write(bands)
        return home / name

    return write
