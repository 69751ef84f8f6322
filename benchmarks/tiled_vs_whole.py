"""How far a map made of tiles departs from one pass over the whole scene, by architecture.

    python -m benchmarks.tiled_vs_whole

Networks that see a bounded neighbourhood depart only as far as they see beyond the margin that is
cut off; PSPNet, PAN, DeepLabV3, DeepLabV3Plus and MAnet also pool over, or attend to, all they are
given, and depart everywhere. The best shipped member of each architecture maps a simulated scene
that it has not seen; where the zoo is not there, nothing can be said.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.networks import machine, write_result
from geoseg.inference.streaming import predict_strips
from geoseg.inference.torch_runtime import CpuMember
from geoseg.models.zoo import ZooMember, list_members
from geoseg.settings import RunSettings, TileSettings
from geoseg.simulate import simulate_scene
from geoseg.simulate.scene import Scene
from geoseg.stack.stack import ArrayStack
from geoseg.tasks.landslides import LANDSLIDES

SETTING = "s1s2"
SEED = 300_100_000
TILINGS = ((256, 64), (256, 128), (512, 128))


def main() -> None:
    """Compare and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, help="another zoo than the shipped one")
    parser.add_argument("--size", type=int, default=768)
    choices = parser.parse_args()
    scene = simulate_scene(SEED, choices.size)
    record: dict[str, Any] = {"machine": machine(), "size": choices.size, "departure": {}}
    head = [
        f"tile {size}, overlap {overlap}: {which}"
        for size, overlap in TILINGS
        for which in ("mean", "largest", "classes changed")
    ]
    rows: list[list[Any]] = [["architecture", "member", *head]]
    for architecture, member in best_of_each(choices.models).items():
        found = departures(member, scene)
        record["departure"][architecture] = found
        cells = [
            f"{found[tiling][which]:.1e}"
            for tiling in found
            for which in ("mean", "largest", "classes changed")
        ]
        rows.append([architecture, member.card.name, *cells])
        print(rows[-1], flush=True)
    title = f"Tiled against whole: probability, {choices.size} x {choices.size} simulated pixels"
    write_result("tiled_vs_whole", title, record, rows)


def best_of_each(models: Path | None) -> dict[str, ZooMember]:
    """Return the best member of every architecture by validation F1."""
    best: dict[str, ZooMember] = {}
    for member in list_members(models, "landslides", SETTING):
        best.setdefault(member.card.architecture, member)
    return best


def departures(member: ZooMember, scene: Scene) -> dict[str, dict[str, float]]:
    """Return mean and largest departure, and the share of pixels whose class changes at 0.5."""
    ready = CpuMember(member, "exact")
    values = scene.bands[places(member)]
    whole = ready.probability(values[None])[0]
    stack = ArrayStack(values, member.card.band_names, scene.grid)
    found = {}
    for size, overlap in TILINGS:
        settings = RunSettings(setting=SETTING, tiles=TileSettings(size=size, overlap=overlap))
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


if __name__ == "__main__":
    main()
