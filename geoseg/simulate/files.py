"""Scenes -> GeoTIFFs, alone or in the published dataset layout, of any task."""

import csv
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import rasterio
from numpy.typing import NDArray
from pyogrio.errors import DataSourceError

from geoseg.errors import DiskError
from geoseg.files.outputs import OutputFolder
from geoseg.files.partial import partial_folder
from geoseg.progress import Cancelled, Event, Progress, never, silent, stop_if
from geoseg.simulate.scene import UNKNOWN, Scene

FEWEST_FOR_A_TEST = 3
TEST_SHARE = 21
"""One scene in so many is kept for testing, as in the published dataset (20 and 1)."""

VALIDATION_SHARE = 5
"""One of so many of the others judges, as in the published dataset (4 of 20)."""

TRAIN, VALIDATION, TEST = "train", "validation", "test"
TABLE, SPLIT = "scenes.csv", "split.json"

DATASET = OutputFolder(names=frozenset({TABLE, SPLIT}), keeps_older=True)
"""What a simulation may leave in its folder; the scenes of other seeds stay."""


def write_scene(folder: Path, scene: Scene, prefix: str | None = None) -> tuple[Path, Path]:
    """Write <prefix>_input.tif and <prefix>_label.tif; return their paths.

    Beside them <prefix>_terrain.tif and <prefix>_lines.gpkg, where the scene has them.

    Raises:
        DiskError: The folder cannot be written.
    """
    return _write_files(folder, scene, prefix or scene.name, apart=False)


def write_labelled(folder: Path, scene: Scene) -> tuple[Path, Path]:
    """Write input/<name>_input.tif and label/<name>_label.tif; return their paths.

    Raises:
        DiskError: The folder cannot be written.
    """
    return _write_files(folder, scene, scene.name, apart=True)


def write_dataset(
    out: Path,
    scenes: Sequence[Scene],
    seed: int,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> None:
    """Write {train_val,test}/{input,label}, and beside them what each scene is for.

    Beside input and label, `terrain` and `lines` hold what the scenes have of them. `split.json`
    lists the names for training, validation and testing; `scenes.csv` adds the seed, the world
    and what there is to map, such as the number of slides and their share of the pixels.

    Raises:
        OutputError: A file of the folder would be replaced that no simulation wrote.
        DiskError: The folder cannot be written.
    """
    with partial_folder(out, DATASET) as hidden:
        _write_scenes(hidden, scenes, seed, progress, cancelled)


def _write_scenes(
    out: Path, scenes: Sequence[Scene], seed: int, progress: Progress, cancelled: Cancelled
) -> None:
    """Write every scene and the tables beside them."""
    rows: list[dict[str, object]] = []
    for number, part in enumerate(parts(len(scenes), seed)):
        stop_if(cancelled)
        scene = scenes[number]
        folder = out / ("test" if part == TEST else "train_val")
        _write_files(folder, scene, scene.name, apart=True)
        rows.append(_row(scene, part))
        progress(Event("writing scenes", number + 1, len(scenes)))
    _write_tables(out, rows)


def parts(count: int, seed: int) -> list[str]:
    """Return what each of so many scenes is for.

    Which one tests depends on the seed; the last fifth of the others, at least one, judges. Fewer
    than three scenes spare none for testing, and a single one teaches.
    """
    share = -(-count // TEST_SHARE) if count >= FEWEST_FOR_A_TEST else 0
    tested = np.random.default_rng(seed).permutation(count)[:share]
    rest = [number for number in range(count) if number not in tested]
    judging = max(1, len(rest) // VALIDATION_SHARE) if len(rest) > 1 else 0
    judges = rest[len(rest) - judging :]
    return [
        TEST if number in tested else VALIDATION if number in judges else TRAIN
        for number in range(count)
    ]


def _row(scene: Scene, part: str) -> dict[str, object]:
    return {
        "name": scene.name,
        "seed": scene.seed,
        "world": scene.world,
        "part": part,
        **scene.facts,
    }


def _write_tables(out: Path, rows: Sequence[dict[str, object]]) -> None:
    split = {
        part: [row["name"] for row in rows if row["part"] == part]
        for part in (TRAIN, VALIDATION, TEST)
    }
    try:
        (out / SPLIT).write_text(json.dumps(split, indent=2) + "\n", encoding="utf-8")
        with (out / TABLE).open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(rows[0]))
            table.writeheader()
            table.writerows(rows)
    except OSError as error:
        raise DiskError(f"the list of scenes cannot be written to {out}: {error}") from error


def _write_files(folder: Path, scene: Scene, prefix: str, *, apart: bool) -> tuple[Path, Path]:
    """Write all there is of a scene; apart puts each kind of file in a folder of its own."""

    def place(kind: str, ending: str) -> Path:
        where = folder / kind if apart else folder
        where.mkdir(parents=True, exist_ok=True)
        return where / f"{prefix}_{kind}.{ending}"

    try:
        stack, reference = place("input", "tif"), place("label", "tif")
        _write(stack, scene, scene.bands, scene.band_names, float("nan"))
        missing = UNKNOWN if (scene.reference == UNKNOWN).any() else None
        _write(reference, scene, scene.reference[None], [scene.task.feature], missing)
        if scene.elevation is not None:
            heights = scene.elevation[None]
            _write(place("terrain", "tif"), scene, heights, ["elevation"], float("nan"))
        if scene.lines:
            _write_lines(place("lines", "gpkg"), scene)
    except (OSError, rasterio.errors.RasterioIOError, DataSourceError) as error:
        raise DiskError(f"the simulated scene cannot be written to {folder}: {error}") from error
    return stack, reference


def _write_lines(path: Path, scene: Scene) -> None:
    """Write the lines with class id and name, whole or not at all."""
    names = {label.id: label.name for label in scene.task.classes}
    ids = [own.class_id for own in scene.lines]
    frame = gpd.GeoDataFrame(
        {"class_id": ids, "class": [names[i] for i in ids], "simulated": "yes"},
        geometry=[own.line for own in scene.lines],
        crs=scene.grid.crs,
    )
    unfinished = path.with_name(f".{path.name}")
    frame.to_file(unfinished, driver="GPKG", layer=path.stem)
    unfinished.replace(path)


def _write(
    path: Path, scene: Scene, values: NDArray[Any], names: Sequence[str], nodata: float | None
) -> None:
    """Write one GeoTIFF whole or not at all, tagged as simulated."""
    floats = values.dtype.kind == "f"
    units = {band.name: band.unit for band in scene.task.bands} | {"elevation": "m"}
    unfinished = path.with_suffix(".partial")
    with rasterio.open(
        unfinished, "w", driver="GTiff", crs=scene.grid.crs, transform=scene.grid.transform,
        width=scene.grid.width, height=scene.grid.height, count=len(values), dtype=values.dtype,
        nodata=nodata, compress="deflate", zlevel=1, predictor=3 if floats else 2, tiled=True,
        blockxsize=256, blockysize=256,
    ) as raster:  # fmt: skip
        raster.write(values)
        raster.update_tags(SIMULATED="yes", GEOSEG_SIMULATED="yes", GEOSEG_SEED=str(scene.seed))
        raster.update_tags(GEOSEG_WORLD=scene.world)
        words = f"SIMULATED {scene.task.feature} scene, not a real place"
        raster.update_tags(TIFFTAG_IMAGEDESCRIPTION=words)
        for index, name in enumerate(names, start=1):
            raster.set_band_description(index, name)
            if floats and (unit := units.get(name)):
                raster.set_band_unit(index, unit)
    unfinished.replace(path)
