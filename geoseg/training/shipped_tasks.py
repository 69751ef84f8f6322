"""Makes the shipped members of bedrock, ravines and Sentinel-2 wetlands: small, five each.

python -m geoseg.training.shipped_tasks --help
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geoseg.progress import Event
from geoseg.simulate import make_scene, write_dataset
from geoseg.simulate.files import parts
from geoseg.training.compact import ENCODER
from geoseg.training.grid_run import train_members
from geoseg.training.settings import TrainSettings

DATASET_SEED = 1001
FIRST_SEED = 100_100_000
"""Of the scenes that `geoseg simulate --seed 1001` makes."""

NARROWEST = {"encoder_depth": 3, "channels": [24, 32, 40, 40]}
SMALL: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("Unet", "Dice", {**NARROWEST, "decoder_channels": [32, 16, 8]}),
    ("Unet", "BCE", {**NARROWEST, "decoder_channels": [32, 16, 8]}),
    ("Linknet", "Focal", NARROWEST),
    ("Linknet", "Jaccard", NARROWEST),
    ("DeepLabV3Plus", "BCE", {**NARROWEST, "decoder_channels": 24}),
)
"""Architecture, loss and options: a seventh of a megabyte each, so that `pretrained/` stays small."""


@dataclass(frozen=True)
class Group:
    """What the shipped members of one task's setting share.

    Attributes:
        task: What is mapped.
        setting: The bands.
        scenes: How many simulated scenes are made.
        max_steps: Steps of each member.
        crop: Side of the crops, pixels.
        positive_share: Share of the crops around a pixel of the feature.
    """

    task: str
    setting: str
    scenes: int
    max_steps: int
    crop: int = 128
    positive_share: float = 0.5


GROUPS = {
    "bedrock": Group("bedrock", "terrain", 16, 400, positive_share=0.0),
    "wetlands": Group("wetlands", "sentinel2", 16, 400, positive_share=0.3),
    "ravines": Group("ravines", "terrain", 11, 500, crop=192),
}


def scenes_for(group: Group, part: str) -> list[int]:
    """Return the seeds of the scenes that train, judge (validation) or test."""
    uses = parts(group.scenes, DATASET_SEED)
    return [FIRST_SEED + number for number, use in enumerate(uses) if use == part]


def shipped_members(group: Group) -> list[TrainSettings]:
    """Return the settings of a group's members."""
    judges = scenes_for(group, "validation")
    tested = ", ".join(str(seed) for seed in scenes_for(group, "test"))
    last = FIRST_SEED + group.scenes - 1
    return [
        TrainSettings(
            name=f"{architecture}-{loss}-small",
            task=group.task,
            setting=group.setting,
            architecture=architecture,
            encoder=ENCODER,
            options=options,
            loss=loss,
            batch=8,
            crop=group.crop,
            max_steps=group.max_steps,
            steps_per_epoch=50,
            positive_share=group.positive_share,
            jitter=0.05,
            seed=number,
            validation=tuple(f"simulated{seed}" for seed in judges),
            trained_on=f"{group.scenes} simulated scenes (seeds {FIRST_SEED} to {last} without "
            f"{tested}), {len(judges)} of them for validation",
        )
        for number, (architecture, loss, options) in enumerate(SMALL)
    ]


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what the command line names."""
    parser = argparse.ArgumentParser(
        prog="python -m geoseg.training.shipped_tasks", description=__doc__
    )
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--out", type=Path, default=Path("pretrained"))
    parser.add_argument("--scenes", type=Path, help="keep the simulated scenes in this folder")
    choices = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        for name in choices.only:
            group = GROUPS[name]
            dataset = (choices.scenes or Path(scratch)) / name
            if not (dataset / "train_val").exists():
                seeds = range(FIRST_SEED, FIRST_SEED + group.scenes)
                scenes = [make_scene(group.task, seed) for seed in seeds]
                write_dataset(dataset, scenes, DATASET_SEED)
            folder = choices.out / group.task / group.setting
            table = train_members(dataset, shipped_members(group), folder, progress=_tell)
            print(f"{name}: {table}", file=sys.stderr)


def _tell(event: Event) -> None:
    if "F1" in event.stage:
        print(f"{event.member} {event.done}/{event.total}: {event.stage}", file=sys.stderr)


if __name__ == "__main__":
    main()
