"""A zoo of tiny random networks and a small scene with its reference, made in seconds."""

from pathlib import Path

import numpy as np
import rasterio
import torch
from affine import Affine

from geoseg.models.card import BandStatistics, Card
from geoseg.models.network import build_network, save_network
from geoseg.tasks.landslides import LANDSLIDES

BANDS = LANDSLIDES.setting("s2").bands
OPTIONS = {"encoder_depth": 3}
STATISTICS = {"CART_landcover": (3.0, 2.0), "dNDVI": (0.0, 0.1)}
SHAPE = (70, 90)
PIXEL_M = 10.0


def write_member(folder: Path, name: str, f1: float, seed: int, **changes) -> Path:
    """Write one member; return its weights."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = folder / f"{name}.safetensors"
    bands = tuple(
        BandStatistics(name=band, mean=STATISTICS[band][0], std=STATISTICS[band][1])
        for band in BANDS
    )
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = build_network("Linknet", "tu-resnet10t", len(bands), 1, OPTIONS)
    choices = {
        "name": name, "task": "landslides", "setting": "s2", "architecture": "Linknet",
        "encoder": "tu-resnet10t", "options": OPTIONS, "bands": bands, "loss": "Dice",
        "learning_rate": 0.001, "validation_f1": f1, "trained_on": "nothing, random weights",
        "simulated": True, "licence": "MIT", "sha256": save_network(network, weights),
    }  # fmt: skip
    weights.with_suffix(".json").write_text(Card(**choices | changes).to_json())
    return weights


def write_zoo(folder: Path, members: int = 3) -> Path:
    """Write a zoo for landslides s2: tiny1 is the best, tiny2 the next."""
    for number in range(1, members + 1):
        write_member(folder / "landslides" / "s2", f"tiny{number}", 0.9 - 0.1 * number, seed=number)
    return folder


def scene_values(seed: int = 0) -> dict[str, np.ndarray]:
    """Return the bands of a scene; the left fifth of both is missing."""
    rng = np.random.default_rng(seed)
    cover = rng.integers(1, 7, SHAPE).astype(np.float32)
    greenness = rng.normal(0, 0.1, SHAPE).astype(np.float32)
    greenness[20:40, 40:70] = -0.5
    for band in (cover, greenness):
        band[:, :18] = np.nan
    greenness[:, 18:20] = np.nan
    return {"CART_landcover": cover, "dNDVI": greenness}


def write_raster(path: Path, bands: dict[str, np.ndarray], **changes) -> Path:
    """Write described bands as one GeoTIFF."""
    values = np.stack(list(bands.values()))
    profile = {
        "driver": "GTiff", "count": len(values), "height": values.shape[1],
        "width": values.shape[2], "dtype": values.dtype, "crs": "EPSG:32633",
        "transform": Affine(PIXEL_M, 0, 500_000, 0, -PIXEL_M, 6_800_000), "nodata": None,
    }  # fmt: skip
    with rasterio.open(path, "w", **profile | changes) as raster:
        raster.write(values)
        raster.descriptions = tuple(bands)
    return path


def write_reference(path: Path, **changes) -> Path:
    """Write the truth of the scene, 0 and 1."""
    truth = np.zeros(SHAPE, np.uint8)
    truth[20:40, 40:70] = 1
    return write_raster(path, {"landslide": truth}, **changes)
