"""What is known of this machine: its cores, a folder for what was prepared, measured speeds."""

import json
import os
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Literal

from geoseg.processor import has_bfloat16

Precision = Literal["exact", "fast"]
NumberType = Literal["float32", "bfloat16"]

SPEEDS = "speeds.json"

GPU_FILES = (Path("/dev/nvidia0"), Path("/dev/dxg"))
"""Without them there is no GPU under Linux; asking PyTorch takes seconds."""


def cache_folder() -> Path:
    """Return the folder of env GEOSEG_CACHE, else ~/.cache/geoseg; it may not exist yet."""
    chosen = os.environ.get("GEOSEG_CACHE")
    return Path(chosen) if chosen else Path.home() / ".cache" / "geoseg"


def core_count() -> int:
    """Return how many cores the networks may use: env GEOSEG_THREADS, else those of the process."""
    chosen = os.environ.get("GEOSEG_THREADS", "")
    if chosen.isdigit() and int(chosen) > 0:
        return int(chosen)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def may_have_gpu() -> bool:
    """Tell whether a GPU is possible, without asking PyTorch."""
    return not Path("/dev").is_dir() or any(path.exists() for path in GPU_FILES)


def fast_may_be_faster() -> bool:
    """Tell whether *fast* can be faster than *exact* here: by bfloat16, or by a GPU."""
    return has_bfloat16() or may_have_gpu()


def speed_key(network: str, bands: int, precision: str, device: str) -> str:
    """Return what speeds are remembered by, e.g. 'Unet resnet18, 11 bands, exact, cpu x 2'."""
    machine = f"cpu x {core_count()}" if device == "cpu" else device
    return f"{network}, {bands} bands, {precision}, {machine}"


def read_speeds() -> dict[str, float]:
    """Return the pixels per second of networks that have run on this machine, by `speed_key`."""
    try:
        speeds = json.loads((cache_folder() / SPEEDS).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(speeds, dict):
        return {}
    return {key: value for key, value in speeds.items() if isinstance(value, float) and value > 0}


def remember_speeds(pixels_per_second: Mapping[str, float]) -> None:
    """Keep newly measured speeds beside the older ones; where the disk refuses, forget them."""
    if not pixels_per_second:
        return
    with suppress(OSError):
        folder = cache_folder()
        folder.mkdir(parents=True, exist_ok=True)
        speeds = {**read_speeds(), **{key: float(v) for key, v in pixels_per_second.items()}}
        with tempfile.NamedTemporaryFile("w", dir=folder, delete=False) as file:
            json.dump(speeds, file, indent=1, sort_keys=True)
        Path(file.name).replace(folder / SPEEDS)
