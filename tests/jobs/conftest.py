import pytest

from geoseg.pipeline import RunRequest
from tests.pipeline.conftest import reference, stack, zoo

__all__ = ["reference", "stack", "zoo"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def request_of():
    def make(**changes):
        choices = {"rasters": ["stack.tif"], "settings": {"setting": "s2", "ensemble_size": 2}}
        return RunRequest(**choices | changes)

    return make
