"""F1 of the shipped landslide members on simulated scenes that none of them has seen.

    python -m benchmarks.landslide_zoo

Scores are pooled over all scenes, then given for each; the demo area comes first, and the scene
without vegetation, where optical bands see nothing, is kept for what it shows.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.evaluation.counts import Confusion, count
from geoseg.inference.runtime import load_members
from geoseg.inference.streaming import predict_strips
from geoseg.models.zoo import ZooMember, choose_members, list_members
from geoseg.settings import RunSettings
from geoseg.simulate import DEMO_SEED, Scene, simulate_scene
from geoseg.stack.stack import ArrayStack
from geoseg.tasks.landslides import LANDSLIDES

SEEDS = (DEMO_SEED, 1009, 2001, 2002, 2003, 2004)
RESULTS = Path(__file__).parent / "results/landslide_zoo.json"


def main() -> None:
    """Judge every setting, print and keep the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, help="another zoo than the shipped one")
    parser.add_argument("--out", type=Path, default=RESULTS)
    choices = parser.parse_args()
    scenes = [simulate_scene(seed) for seed in SEEDS]
    results = {}
    for setting in LANDSLIDES.settings:
        settings = RunSettings(task="landslides", setting=setting.name, ensemble_size=4)
        found = list_members(choices.models, "landslides", setting.name)
        if found:
            results[setting.name] = judge(choose_members(found, settings), scenes, settings)
    text = json.dumps({"simulated_seeds": SEEDS, "f1": results}, indent=2)
    choices.out.write_text(text + "\n")
    print(text)


def judge(
    zoo: Sequence[ZooMember], scenes: Sequence[Scene], settings: RunSettings
) -> dict[str, Any]:
    """Return the pooled F1 of the best single member and of all, and the latter scene by scene."""
    single = [confusion(zoo[:1], scene, settings) for scene in scenes]
    together = [confusion(zoo, scene, settings) for scene in scenes]
    return {
        "best member": f1(sum(single, Confusion())),
        "ensemble": f1(sum(together, Confusion())),
        "ensemble by scene": {
            str(scene.seed): f1(one) for scene, one in zip(scenes, together, strict=True)
        },
    }


def confusion(zoo: Sequence[ZooMember], scene: Scene, settings: RunSettings) -> Confusion:
    """Map one scene and count its pixels against the reference."""
    names = tuple(band.name for band in LANDSLIDES.bands)
    bands = LANDSLIDES.setting(settings.setting).bands
    stack = ArrayStack(scene.bands, names, scene.grid).select(bands)
    members = load_members(zoo, settings, scene.grid.shape)
    probability = [strip.probability[0] for strip in predict_strips(stack, members, settings)]
    classes = (np.concatenate(probability) >= settings.threshold).astype(np.uint8)
    return count(classes, scene.reference)


def f1(confusion: Confusion) -> float | None:
    """Return F1 rounded for the table."""
    value = confusion.metrics()["f1"]
    return None if value is None else round(value, 3)


if __name__ == "__main__":
    main()
