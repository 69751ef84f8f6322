import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import rasterio
import uvicorn
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
def ours() -> Starlette:
    """Our routes as the app serves them, without the pages and the worker."""
    return Starlette(
        routes=routes(), middleware=middleware(), exception_handlers=exception_handlers()
    )


@pytest.fixture
def client(home: Path, ours: Starlette) -> Iterator[TestClient]:
    with TestClient(ours, base_url="http://testserver") as client:
        yield client


@pytest.fixture
def address(home: Path, ours: Starlette) -> Iterator[str]:
    """Our routes behind a real port, served by a thread of this process."""
    server = uvicorn.Server(uvicorn.Config(ours, port=0, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


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
