"""Seconds and peak memory of K = 4 networks on 2048 x 2048 x 11, beside a plain loop.

    python -m benchmarks.predict_2048

Both sides read the same GeoTIFF, cut the same tiles with the same weights and make probability,
spread and agreement with the same networks. The plain loop is what a careful script does: the
whole raster in memory, PyTorch in batches of four, a full map for every member. Each side runs in
its own process, so that its peak memory is its own; the maps are compared at the end.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from geoseg.settings import RunSettings, TileSettings

START = time.perf_counter()
"""Of the process: what each side must import counts as well."""

TILES = TileSettings(size=256, overlap=64)
BATCH = 4
THRESHOLD = 0.5


def main() -> None:
    """Measure both sides, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=2048, help="a multiple of 32")
    parser.add_argument("--members", type=int, default=4)
    parser.add_argument("--side", choices=sorted(SIDES), help="run one side, for the other process")
    parser.add_argument("--folder", type=Path, help="where scene and maps lie, with --side")
    parser.add_argument("--models", type=Path, help="the zoo, with --side")
    choices = parser.parse_args()
    if choices.side:
        print(json.dumps(SIDES[choices.side](choices.folder, choices.models, choices.members)))
    else:
        measure(choices.size, choices.members)


def measure(size: int, members: int) -> None:
    """Run all sides one after the other and write the result."""
    from benchmarks.networks import machine, take_or_make_zoo, write_result

    record: dict[str, Any] = {"machine": machine(), "size": size, "members": members}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        zoo = folder / "zoo"
        zoo.mkdir()
        models, record["networks"] = take_or_make_zoo(zoo, members)
        write_scene(folder / "scene.tif", size)
        environment = {**os.environ, "GEOSEG_CACHE": str(folder / "cache")}
        for side in ("plain", "first", "exact", "fast"):
            command = [
                sys.executable, "-m", "benchmarks.predict_2048", "--side", side,
                "--folder", name, "--models", str(models), "--members", str(members),
            ]  # fmt: skip
            done = subprocess.run(command, env=environment, capture_output=True, check=True)
            record[side] = json.loads(done.stdout.splitlines()[-1])
        plain = np.load(folder / "plain.npy")
        for side in ("exact", "fast"):
            difference = np.abs(np.load(folder / f"{side}.npy") - plain)
            record[side]["largest difference from the plain loop"] = float(difference.max())
    title = f"{members} networks on {size} x {size} x 11 pixels ({record['networks']})"
    write_result("predict_2048", title, record, table(record))


def table(record: dict[str, Any]) -> list[list[Any]]:
    """Lay the sides out as rows."""
    words = {
        "plain": "plain loop, PyTorch, whole raster",
        "first": "GeoSeg exact, first run (converts the networks)",
        "exact": "GeoSeg exact",
        "fast": "GeoSeg fast",
    }
    last = "largest difference from the plain loop"
    rows = [
        [
            "",
            "networks ready, s",
            "predicting, s",
            "all, s",
            "of all cores, s",
            "peak memory, GB",
            last,
        ]
    ]
    for side, title in words.items():
        found = record[side]
        ready, predicting = found["ready_s"], found["predict_s"]
        difference = found.get(last)
        rows.append(
            [
                title, f"{ready:.1f}", f"{predicting:.1f}", f"{ready + predicting:.1f}", f"{found['cpu_s']:.1f}",
                f"{found['peak_bytes'] / 1e9:.2f}",
                "" if difference is None else f"{difference:.1e}",
            ]
        )  # fmt: skip
    return rows


def write_scene(path: Path, size: int) -> None:
    """Write 11 described bands of smooth noise; the time does not depend on what is shown."""
    from scipy import ndimage

    from geoseg.tasks.landslides import LANDSLIDES

    names = LANDSLIDES.setting("s1s2").bands
    random = np.random.default_rng(1)
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": len(names), "dtype": "float32",
        "crs": "EPSG:32633", "transform": Affine(10, 0, 500_000, 0, -10, 6_700_000),
        "tiled": True, "compress": "deflate", "nodata": np.nan,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as file:
        for index, name in enumerate(names, start=1):
            coarse = random.normal(size=(size // 16, size // 16))
            file.write(ndimage.zoom(coarse, 16, order=1).astype(np.float32), index)
            file.set_band_description(index, name)


def ours(folder: Path, models: Path, count: int, side: str) -> dict[str, float]:
    """Predict strip by strip, as the product does."""
    from geoseg.inference.runtime import load_members
    from geoseg.inference.streaming import predict_strips
    from geoseg.models.zoo import choose_members, list_members
    from geoseg.stack.opening import open_stack
    from geoseg.tasks.landslides import LANDSLIDES

    settings = RunSettings(
        setting="s1s2", ensemble_size=count, tiles=TILES, device="cpu",
        precision="fast" if side == "fast" else "exact",
    )  # fmt: skip
    stack = open_stack([folder / "scene.tif"], LANDSLIDES, "s1s2")
    chosen = choose_members(list_members(models), settings)
    members = load_members(chosen, settings, stack.grid.shape)
    ready = time.perf_counter()
    with (folder / f"{side}.raw").open("wb") as file:
        for strip in predict_strips(stack, members, settings):
            file.write(strip.probability[0].tobytes())
    end = time.perf_counter()
    peak, cpu = peak_bytes(), time.process_time()
    flat = np.fromfile(folder / f"{side}.raw", np.float32)
    np.save(folder / f"{side}.npy", flat.reshape(stack.grid.shape))
    return {
        "ready_s": ready - START,
        "predict_s": end - ready,
        "cpu_s": cpu,
        "peak_bytes": peak,
    }


def plain(folder: Path, models: Path, count: int) -> dict[str, float]:
    """Predict with everything in memory, network by network."""
    import torch

    from geoseg.inference.torch_runtime import load_whole
    from geoseg.models.zoo import choose_members, list_members

    settings = RunSettings(setting="s1s2", ensemble_size=count)
    chosen = choose_members(list_members(models), settings)
    networks = [load_whole(member) for member in chosen]
    ready = time.perf_counter()
    with rasterio.open(folder / "scene.tif") as file:
        values = file.read()
    height, width = values.shape[1:]
    maps = np.zeros((count, height, width), np.float32)
    tiles = list(weighted_tiles(height, width))
    with torch.inference_mode():
        for blended, network in zip(maps, networks, strict=True):
            for first in range(0, len(tiles), BATCH):
                some = tiles[first : first + BATCH]
                batch = np.stack([values[:, y, x] for y, x, _ in some])
                answers = network(torch.from_numpy(batch)).numpy()[:, 0]
                for answer, (y, x, weight) in zip(answers, some, strict=True):
                    blended[y, x] += answer * weight
    probability, spread = maps.mean(axis=0), maps.std(axis=0)
    agreement = (maps >= THRESHOLD).mean(axis=0)
    end = time.perf_counter()
    peak, cpu = peak_bytes(), time.process_time()
    np.save(folder / "plain.npy", probability)
    del spread, agreement
    return {
        "ready_s": ready - START,
        "predict_s": end - ready,
        "cpu_s": cpu,
        "peak_bytes": peak,
    }


def weighted_tiles(height: int, width: int) -> Any:
    """Yield slices and weight of the tiles; sizes are such that none reaches beyond the scene."""
    from geoseg.inference.tiles import plan_axis

    rows, columns = plan_axis(height, TILES), plan_axis(width, TILES)
    for row, top in enumerate(rows.origins):
        for column, left in enumerate(columns.origins):
            weight = rows.weight(row)[:, None] * columns.weight(column)
            yield slice(top, top + TILES.size), slice(left, left + TILES.size), weight


def peak_bytes() -> int:
    """Return the most memory this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


SIDES = {
    "plain": plain,
    "first": lambda folder, models, count: ours(folder, models, count, "first"),
    "exact": lambda folder, models, count: ours(folder, models, count, "exact"),
    "fast": lambda folder, models, count: ours(folder, models, count, "fast"),
}


if __name__ == "__main__":
    main()
