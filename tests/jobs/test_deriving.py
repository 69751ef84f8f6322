"""Derivations: by the queue's work to a file, and from there to a study area that maps."""

import json

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS
from rasterio.transform import from_origin

from geoseg.errors import RasterError, RunCancelledError, SettingsError, WorkspaceError
from geoseg.jobs import deriving
from geoseg.jobs.queue import submit_derivation, take
from geoseg.progress import never
from geoseg.workspace import get_area
from geoseg.workspace.derivations import (
    FACTS,
    DerivationRequest,
    area_of_derivation,
    delete_derivation,
    derivation_folder,
    predictors_file,
)


@pytest.fixture
def dem(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_HOME", str(tmp_path / "home"))
    values = np.random.default_rng(2).normal(100, 5, (30, 40)).astype("f4")
    with rasterio.open(
        tmp_path / "dem.tif", "w", driver="GTiff", width=40, height=30, count=1, dtype="float32",
        crs=CRS.from_epsg(32632), transform=from_origin(4e5, 6.8e6, 1, 1),
    ) as file:  # fmt: skip
        file.write(values, 1)
    return tmp_path / "dem.tif"


def ordered(dem, **choices):
    choices = {"names": ("slope", "tpi9"), **choices}
    return submit_derivation(DerivationRequest(title="hills", rasters=(dem,), **choices))


def test_a_derivation_becomes_a_study_area_that_outlives_it(dem):
    derivation_id = ordered(dem)
    assert take() == ("derivations", derivation_id)
    deriving.work(derivation_id, never)
    assert deriving.is_done(derivation_id)
    facts = json.loads((derivation_folder(derivation_id) / FACTS).read_text())
    assert any("tpi9" in note for note in facts["notes"])
    area = area_of_derivation(derivation_id, "landslides")
    delete_derivation(derivation_id)
    with rasterio.open(get_area(area.id).rasters[0]) as file:
        assert file.descriptions == ("slope", "tpi9")


def test_an_unfinished_one_is_no_study_area_and_a_cancelled_one_leaves_nothing(dem):
    derivation_id = ordered(dem)
    with pytest.raises(WorkspaceError, match="not finished"):
        area_of_derivation(derivation_id, "landslides")
    with pytest.raises(RunCancelledError):
        deriving.work(derivation_id, lambda: True)
    assert not predictors_file(derivation_id).exists()


def test_a_wrong_wish_is_told_in_a_sentence(dem):
    with pytest.raises(SettingsError, match="no terrain predictor"):
        deriving.work(ordered(dem, names=("steepness",)), never)
    with pytest.raises(SettingsError, match="surface and a terrain"):
        deriving.work(ordered(dem, kind="canopy"), never)
    (dem.parent / "text.tif").write_text("none")
    with pytest.raises(RasterError, match="text file"):
        deriving.work(ordered(dem.parent / "text.tif"), never)
