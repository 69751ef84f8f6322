"""One comparison with everything, made once; tests read it and never change it."""

from pathlib import Path

import pytest

from geoseg.comparison import CompareRequest, compare
from tests.comparison import made_up


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two runs, the rasters and sub-areas of one grid."""
    folder = tmp_path_factory.mktemp("comparison")
    made_up.make_run(folder / "first", shift=5, single_shift=8)
    made_up.make_run(folder / "second", shift=2)
    made_up.write_stack(folder / "stack.tif")
    boxes = [made_up.box(0, 0, 60, 30), made_up.box(0, 30, 60, 30), made_up.box(99, 99, 9, 9)]
    made_up.write_shapes(folder / "areas.gpkg", boxes, 4326, name=["West", "East", "Beside"])
    return folder


@pytest.fixture(scope="session")
def compared(place) -> tuple[Path, dict]:
    """The folder and the record of a comparison of both runs."""
    request = CompareRequest(
        run=place / "first", other=place / "second", areas=place / "areas.gpkg",
        rasters=(place / "stack.tif",),
    )  # fmt: skip
    return place / "out", compare(request, place / "out")
