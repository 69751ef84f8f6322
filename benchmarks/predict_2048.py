"""Seconds and peak memory of K = 4 networks on 2048 x 2048 x 11, beside a plain loop.

    python -m benchmarks.predict_2048
    python -m benchmarks.predict_2048 --device cuda --members 10 --library

Both sides read the same GeoTIFF, cut the same tiles with the same weights and make probability,
spread and agreement with the same networks. The plain loop is what a careful script does: the
whole raster in memory, PyTorch in batches of four, a full map for every member. Each side runs in
its own process, so that its peak memory is its own; the maps are compared at the end. On a GPU the plain
loop keeps every network there and sends each of them every batch, as PyTorch does it by itself.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from affine import Affine

from geoseg.settings import RunSettings, TileSettings

START = time.perf_counter()
"""Of the process: what each side must import counts as well."""

TILES = TileSettings(size=256, overlap=64)
BATCHES = {"cpu": 4, "cuda": 16}
"""Tiles at a time of the plain loop, by device."""
THRESHOLD = 0.5


@dataclass(frozen=True)
class Job:
    """What one side is to do.

    Attributes:
        folder: Where scene and maps lie.
        models: The zoo.
        members: How many of it are asked.
        device: cpu or cuda.
    """

    folder: Path
    models: Path
    members: int
    device: str


def main() -> None:
    """Measure both sides, or be one of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=2048, help="a multiple of 32")
    parser.add_argument("--members", type=int, default=4)
    parser.add_argument("--device", choices=BATCHES, default="cpu")
    parser.add_argument(
        "--library", action="store_true", help="networks of the published size, of random weights"
    )
    parser.add_argument("--side", choices=sorted(SIDES), help="run one side, for the other process")
    parser.add_argument("--folder", type=Path, help="where scene and maps lie, with --side")
    parser.add_argument("--models", type=Path, help="the zoo, with --side")
    choices = parser.parse_args()
    if choices.side:
        job = Job(choices.folder, choices.models, choices.members, choices.device)
        print(json.dumps(SIDES[choices.side](job)))
    else:
        measure(choices.size, choices.members, choices.device, choices.library)


def measure(size: int, members: int, device: str, library: bool) -> None:
    """Run all sides one after the other and write the result."""
    from benchmarks.networks import machine, make_library_zoo, take_or_make_zoo, write_result

    record: dict[str, Any] = {"machine": machine(), "size": size, "members": members}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        zoo = folder / "zoo"
        zoo.mkdir()
        make = make_library_zoo if library else take_or_make_zoo
        models, record["networks"] = make(zoo, members)
        write_scene(folder / "scene.tif", size)
        environment = {**os.environ, "GEOSEG_CACHE": str(folder / "cache")}
        for side in WORDS:
            if side == "first" and device != "cpu":
                continue  # Nothing is converted for a GPU.
            command = [
                sys.executable, "-m", "benchmarks.predict_2048", "--side", side, "--folder", name,
                "--models", str(models), "--members", str(members), "--device", device,
            ]  # fmt: skip
            done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
            record[side] = json.loads(done.stdout.splitlines()[-1])
        plain = np.load(folder / "plain.npy")
        for side in ("exact", "fast"):
            difference = np.abs(np.load(folder / f"{side}.npy") - plain)
            record[side]["largest difference from the plain loop"] = float(difference.max())
    title = f"{members} networks on {size} x {size} x 11 pixels ({record['networks']})"
    name = "predict_2048" if device == "cpu" else f"predict_2048_{device}"
    write_result(name, title, record, table(record))


def table(record: dict[str, Any]) -> list[list[Any]]:
    """Lay the sides out as rows."""
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
    for side, title in WORDS.items():
        if side not in record:
            continue
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


def ours(job: Job, side: str) -> dict[str, float]:
    """Predict strip by strip, as the product does."""
    from geoseg.inference.runtime import load_members
    from geoseg.inference.streaming import predict_strips
    from geoseg.models.zoo import choose_members, list_members
    from geoseg.stack.opening import open_stack
    from geoseg.tasks.landslides import LANDSLIDES

    settings = RunSettings(
        setting="s1s2", ensemble_size=job.members, tiles=TILES, device=job.device,
        precision="fast" if side == "fast" else "exact",
    )  # fmt: skip
    folder = job.folder
    stack = open_stack([folder / "scene.tif"], LANDSLIDES, "s1s2")
    chosen = choose_members(list_members(job.models), settings)
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


def plain(job: Job) -> dict[str, float]:
    """Predict with everything in memory, network by network."""
    import torch

    from geoseg.inference.torch_runtime import load_whole
    from geoseg.models.zoo import choose_members, list_members

    settings = RunSettings(setting="s1s2", ensemble_size=job.members)
    chosen = choose_members(list_members(job.models), settings)
    networks = [load_whole(member).to(job.device) for member in chosen]
    ready = time.perf_counter()
    with rasterio.open(job.folder / "scene.tif") as file:
        values = file.read()
    height, width = values.shape[1:]
    maps = np.zeros((job.members, height, width), np.float32)
    tiles = list(weighted_tiles(height, width))
    with torch.inference_mode():
        for blended, network in zip(maps, networks, strict=True):
            for first in range(0, len(tiles), BATCHES[job.device]):
                some = tiles[first : first + BATCHES[job.device]]
                batch = np.stack([values[:, y, x] for y, x, _ in some])
                answers = network(torch.from_numpy(batch).to(job.device)).cpu().numpy()[:, 0]
                for answer, (y, x, weight) in zip(answers, some, strict=True):
                    blended[y, x] += answer * weight
    probability, spread = maps.mean(axis=0), maps.std(axis=0)
    agreement = (maps >= THRESHOLD).mean(axis=0)
    end = time.perf_counter()
    peak, cpu = peak_bytes(), time.process_time()
    np.save(job.folder / "plain.npy", probability)
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
    "first": lambda job: ours(job, "first"),
    "exact": lambda job: ours(job, "exact"),
    "fast": lambda job: ours(job, "fast"),
}
WORDS = {
    "plain": "plain loop, PyTorch, whole raster",
    "first": "GeoSeg exact, first run (converts the networks)",
    "exact": "GeoSeg exact",
    "fast": "GeoSeg fast",
}


if __name__ == "__main__":
    main()
