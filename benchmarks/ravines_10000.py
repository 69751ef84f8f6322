"""Seconds and peak memory of the whole ravine line on 10,000 x 10,000 pixels of 1 m.

    python -m benchmarks.ravines_10000 --models ravines-again/members

A simulated terrain model, mirrored from tile to tile so that it has no seams, runs through everything
a user runs: predictors (`geoseg derive terrain`), one network of three classes, outlines widened, joined
and sieved, report. Each of the two stages runs in its own process, so that its peak memory is its own.
Without --models a small network is trained for a few steps, which costs the same to ask.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.windows import Window

from geoseg.tasks import RAVINES

TILE = 1024
SEED = 4_000_000
STEPS = 30


def main() -> None:
    """Measure both stages, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000, help="side, pixels of 1 m")
    parser.add_argument("--models", type=Path, help="a zoo of ravines; else one is made")
    parser.add_argument(
        "--stage", choices=sorted(STAGES), help="be one stage, for the other process"
    )
    parser.add_argument("--folder", type=Path, help="where everything lies, with --stage")
    choices = parser.parse_args()
    if choices.stage:
        print(json.dumps(STAGES[choices.stage](choices.folder, choices.models)))
    else:
        measure(choices.size, choices.models)


def measure(size: int, models: Path | None) -> None:
    """Run both stages one after the other and write the result."""
    from benchmarks.networks import machine, write_result

    record: dict[str, Any] = {"machine": machine(), "size": size}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_terrain(folder / "dem.tif", size)
        models = models or make_zoo(folder)
        for stage in ("derive", "predict"):
            command = [
                sys.executable, "-m", "benchmarks.ravines_10000", "--stage", stage,
                "--folder", name, "--models", str(models),
            ]  # fmt: skip
            done = subprocess.run(command, capture_output=True, check=True)
            record[stage] = json.loads(done.stdout.splitlines()[-1])
    title = f"Ravines on {size} x {size} pixels of 1 m, one network"
    gpu = "_cuda" if "GPU" in record["machine"] else ""
    write_result(f"ravines_{size}{gpu}", title, record, table(record))


def table(record: dict[str, Any]) -> list[list[Any]]:
    """Lay the stages out as rows."""
    rows = [["stage", "seconds", "of all cores", "peak memory MB"]]
    for stage in ("derive", "predict"):
        own = record[stage]
        rows.append([stage, own["seconds"], own["processor seconds"], own["peak memory MB"]])
    inside = record["predict"]["timings_s"].items()
    return [*rows, *([f"... {name}", seconds, None, None] for name, seconds in inside)]


def write_terrain(path: Path, size: int) -> None:
    """Write one simulated scene's elevation, mirrored from tile to tile."""
    from geoseg.simulate.kinds import make_scene
    from geoseg.simulate.scene import sea_grid

    elevation = make_scene("ravines", SEED, TILE).elevation
    if elevation is None:
        raise SystemExit("the scene has no terrain model")
    both = np.concatenate([elevation, elevation[:, ::-1]], axis=1)
    rows = np.tile(both, (1, -(-size // (2 * TILE))))[:, :size]
    grid = sea_grid(size, RAVINES.pixel_size_m)
    with rasterio.open(
        path, "w", driver="GTiff", crs=grid.crs, transform=grid.transform, width=size, height=size,
        count=1, dtype="float32", nodata=float("nan"), tiled=True, compress="deflate", zlevel=1,
    ) as raster:  # fmt: skip
        for number, row in enumerate(range(0, size, TILE)):
            strip = (rows[::-1] if number % 2 else rows)[: min(TILE, size - row)]
            raster.write(strip, 1, window=Window(0, row, size, len(strip)))
        raster.set_band_description(1, "elevation")
        raster.update_tags(SIMULATED="yes")


def make_zoo(folder: Path) -> Path:
    """Train a compact U-Net for a few steps: as quick to ask as a good one."""
    from geoseg.experiments.learning import Lesson, learn, network, write_training
    from geoseg.experiments.settings import ExperimentSettings
    from geoseg.simulate.kinds import make_scene

    scenes = [make_scene("ravines", SEED + number, TILE // 2) for number in (0, 4)]
    names = write_training(folder / "data", scenes)
    lesson = Lesson(task="ravines", setting="terrain", name="small", judges=names[1:], steps=STEPS)
    learn(folder / "data", network(lesson, ExperimentSettings()), folder / "zoo")
    return folder / "zoo"


def derive(folder: Path, _models: Path) -> dict[str, Any]:
    """Derive the three predictors."""
    from geoseg.exports.derived import derive_terrain

    started = time.perf_counter()
    derive_terrain(folder / "dem.tif", RAVINES.derived("terrain"), folder / "clay.tif")
    return _cost(started)


def predict(folder: Path, models: Path) -> dict[str, Any]:
    """Map, draw outlines and write every product."""
    from geoseg import pipeline
    from geoseg.settings import RunSettings

    started = time.perf_counter()
    post = RAVINES.post
    settings = RunSettings(
        task="ravines", setting="terrain", ensemble_size=1, buffer_m=post.buffer_m,
        min_area_m2=post.min_area_m2,
    )  # fmt: skip
    request = pipeline.RunRequest(rasters=(folder / "clay.tif",), settings=settings, models=models)
    record = pipeline.run(request, folder / "run")
    polygons = record["summary"]["polygons"]
    return _cost(started) | {"timings_s": record["timings_s"], "polygons": polygons}


def _cost(started: float) -> dict[str, Any]:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": round(time.perf_counter() - started, 1),
        "processor seconds": round(usage.ru_utime + usage.ru_stime, 1),
        "peak memory MB": round(usage.ru_maxrss / 1024),
    }


STAGES = {"derive": derive, "predict": predict}

if __name__ == "__main__":
    main()
