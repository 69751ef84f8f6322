"""A finished run of three classes in a workspace, of known numbers, on ground flat and steep."""

import shutil
from pathlib import Path

import numpy as np

from geoseg.exports.raster import RasterWriter
from geoseg.pipeline.request import RunRequest
from geoseg.settings import RunSettings
from geoseg.workspace import Area, change_state, create_run, run_folder, save_area
from geoseg.workspace.files import now
from tests.comparison import made_up, made_up_classes

BANDS = ("slope", "tpi100m", "roughness5m")


def make_ravine_run(home: Path, made: Path) -> str:
    """Return the run; its area is flat in the first 20 columns and steep beyond.

    Args:
        home: The workspace.
        made: A folder to make the products in.
    """
    files = home / "areas" / "clay" / "files"
    files.mkdir(parents=True)
    raster = files / "stack.tif"
    slope = np.tile(np.where(np.arange(made_up.SIDE) < 20, 2.0, 30.0), (made_up.SIDE, 1))
    with RasterWriter(raster, made_up.GRID, BANDS, "float32", np.nan) as writer:
        writer.write(0, np.stack([slope] * len(BANDS)).astype(np.float32))
    save_area(Area(id="clay", title="Clay", rasters=(raster,), simulated=True))
    settings = RunSettings(task="ravines", setting="terrain")
    run_id = create_run(RunRequest(rasters=(raster,), settings=settings, simulated=True), "clay")
    for path in made_up_classes.make_run(made).iterdir():
        shutil.copy(path, run_folder(run_id))
    change_state(run_id, status="finished", stage="finished", started=now(), finished=now())
    return run_id
