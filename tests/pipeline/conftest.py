import pytest

from tests.pipeline import tiny


@pytest.fixture(scope="session")
def zoo(tmp_path_factory):
    return tiny.write_zoo(tmp_path_factory.mktemp("zoo"))


@pytest.fixture
def stack(tmp_path):
    return tiny.write_raster(tmp_path / "stack.tif", tiny.scene_values())


@pytest.fixture
def reference(tmp_path):
    return tiny.write_reference(tmp_path / "truth.tif")
