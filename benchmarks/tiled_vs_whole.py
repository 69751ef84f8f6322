"""How far a map made of tiles departs from one pass over the whole scene, by architecture.

    python -m benchmarks.tiled_vs_whole

Networks that see a bounded neighbourhood depart only as far as they see beyond the margin that is
cut off; PSPNet, PAN, DeepLabV3, DeepLabV3Plus and MAnet also pool over, or attend to, all they are
given, and depart everywhere. Every network is trained for a few steps on one simulated scene, so
that its map has contrast, and compared on another.
"""

import argparse
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.networks import machine, write_result
from geoseg.inference.streaming import predict_strips
from geoseg.inference.torch_runtime import CpuMember, FromUnitsToProbability
from geoseg.models.card import ARCHITECTURES, BandStatistics, Card
from geoseg.models.network import build_network, save_network
from geoseg.models.zoo import ZooMember
from geoseg.settings import RunSettings, TileSettings
from geoseg.simulate import simulate_scene
from geoseg.simulate.scene import Scene
from geoseg.stack.stack import ArrayStack
from geoseg.tasks.landslides import LANDSLIDES

ENCODER = "tu-resnet10t"
TILINGS = ((256, 64), (256, 128), (512, 128))
CROP, BATCH = 256, 4


def main() -> None:
    """Train, compare and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1024)
    parser.add_argument("--steps", type=int, default=30)
    choices = parser.parse_args()
    learnt, seen = simulate_scene(71, 512), simulate_scene(72, choices.size)
    record: dict[str, Any] = {"machine": machine(), **vars(choices), "departure": {}}
    head = [
        f"tile {size}, overlap {overlap}: {which}"
        for size, overlap in TILINGS
        for which in ("mean", "largest", "classes changed")
    ]
    rows: list[list[Any]] = [["architecture", *head]]
    with tempfile.TemporaryDirectory() as name:
        for architecture in ARCHITECTURES:
            member = train(architecture, learnt, Path(name), choices.steps)
            found = departures(member, seen)
            record["departure"][architecture] = found
            cells = [
                f"{found[tiling][which]:.1e}"
                for tiling in found
                for which in ("mean", "largest", "classes changed")
            ]
            rows.append([architecture, *cells])
            print(rows[-1], flush=True)
    title = f"Tiled against whole: probability, {choices.size} x {choices.size} simulated pixels"
    write_result("tiled_vs_whole", title, record, rows)


def departures(member: ZooMember, scene: Scene) -> dict[str, dict[str, float]]:
    """Return mean and largest departure, and the share of pixels whose class changes at 0.5."""
    ready = CpuMember(member, "exact")
    values = scene.bands[places(member)]
    whole = ready.probability(values[None])[0]
    stack = ArrayStack(values, member.card.band_names, scene.grid)
    found = {}
    for size, overlap in TILINGS:
        settings = RunSettings(setting="s1s2", tiles=TileSettings(size=size, overlap=overlap))
        strips = [strip.probability for strip in predict_strips(stack, [ready], settings)]
        tiled = np.concatenate(strips, axis=1)
        valid = np.isfinite(tiled)
        apart = np.abs(tiled - whole)[valid]
        changed = ((tiled >= 0.5) != (whole >= 0.5))[valid]
        found[f"{size}/{overlap}"] = {
            "mean": float(apart.mean()),
            "largest": float(apart.max()),
            "classes changed": float(changed.mean()),
        }
    return found


def places(member: ZooMember) -> list[int]:
    """Return where the member's bands lie in a scene."""
    names = [band.name for band in LANDSLIDES.bands]
    return [names.index(name) for name in member.card.band_names]


def train(architecture: str, scene: Scene, folder: Path, steps: int) -> ZooMember:
    """Teach a network just enough to give a map with contrast."""
    names = [band.name for band in LANDSLIDES.bands]
    chosen = LANDSLIDES.setting("s1s2").bands
    values = scene.bands[[names.index(name) for name in chosen]]
    statistics = tuple(
        BandStatistics(name=name, mean=float(np.nanmean(band)), std=float(np.nanstd(band)))
        for name, band in zip(chosen, values, strict=True)
    )
    torch.manual_seed(0)
    network = build_network(architecture, ENCODER, len(chosen))
    card = Card(
        name=architecture, task="landslides", setting="s1s2", architecture=architecture,
        encoder=ENCODER, bands=statistics, loss="BCE", learning_rate=0.001,
        trained_on="one simulated scene, for a few steps", simulated=True, licence="MIT", sha256="",
    )  # fmt: skip
    whole = FromUnitsToProbability(network, card)
    optimiser = torch.optim.Adam(network.parameters(), 0.001)
    random = np.random.default_rng(0)
    feature = (scene.reference == 1).astype(np.float32)
    for _ in range(steps):
        corners = random.integers(0, scene.reference.shape[0] - CROP, (BATCH, 2))
        crops = [np.s_[..., y : y + CROP, x : x + CROP] for y, x in corners]
        answer = whole(torch.from_numpy(np.stack([values[crop] for crop in crops])))[:, 0]
        truth = torch.from_numpy(np.stack([feature[crop] for crop in crops]))
        loss = torch.nn.functional.binary_cross_entropy(answer, truth)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    weights = folder / f"{architecture}.safetensors"
    digest = save_network(network, weights)
    return ZooMember(card.model_copy(update={"sha256": digest}), weights)


if __name__ == "__main__":
    main()
