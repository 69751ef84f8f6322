"""Makes every member of `pretrained/` again: python -m geoseg.training.shipped --help."""

import argparse
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from geoseg.progress import Event
from geoseg.simulate import simulate_scene, write_dataset
from geoseg.training.settings import TrainSettings
from geoseg.training.trainer import train_member

SEEDS = range(1001, 1022)
"""Twenty-one simulated scenes: one becomes the test scene, four of the others judge."""

VALIDATION_SCENES = 4
LANDSLIDE_STEPS = 450
LANDSLIDE_SETTINGS = ("s1s2", "all", "s2", "s1")
ENCODER = "tu-resnet10t"
GEWATA_CREDIT = (
    'Trained on the Gewata scene of the Wageningen University geoScripting course, "Advanced '
    'Raster Analysis" (CC BY-SA 4.0)'
)


@dataclass(frozen=True)
class Shape:
    """Form of one shipped network; none pools over the whole image, so they tile well."""

    architecture: str
    loss: str
    options: dict[str, Any]


SHAPES = (
    Shape("Unet", "Dice", {"encoder_depth": 3, "decoder_channels": [64, 32, 16]}),
    Shape("Linknet", "Jaccard", {"encoder_depth": 3}),
    Shape(
        "FPN",
        "BCE",
        {
            "encoder_depth": 3,
            "decoder_pyramid_channels": 64,
            "decoder_segmentation_channels": 32,
            "upsampling": 1,
        },
    ),
    Shape("UnetPlusPlus", "Dice", {"encoder_depth": 3, "decoder_channels": [48, 24, 16]}),
)
LINKNET, UNET, UNETPLUSPLUS = SHAPES[1].options, SHAPES[0].options, SHAPES[3].options
WETLANDS = (
    (Shape("Linknet", "BCE", LINKNET), "block3", 800, 3),
    (Shape("Linknet", "Focal", LINKNET), "block2", 800, 6),
    (Shape("Unet", "BCE", UNET), "block4", 600, 4),
    (Shape("UnetPlusPlus", "BCE", UNETPLUSPLUS), "block1", 500, 5),
)
"""Form, block for validation, steps and seed. Crops drawn nearly as often without wetland as they
occur, and losses that count every pixel alike, made better maps on all four blocks."""


def landslide_members(dataset: Path, setting: str, steps: int) -> Iterator[TrainSettings]:
    """Yield the settings of the four members of one band setting."""
    names = sorted(path.name.split("_")[0] for path in (dataset / "train_val/input").iterdir())
    seeds = ", ".join(name.removeprefix("simulated") for name in names)
    for number, shape in enumerate(SHAPES):
        yield TrainSettings(
            name=f"{shape.architecture.lower()}-{shape.loss.lower()}",
            task="landslides",
            setting=setting,
            architecture=shape.architecture,
            encoder=ENCODER,
            options=shape.options,
            loss=shape.loss,
            max_steps=steps,
            steps_per_epoch=max(1, steps // 6),
            validation=tuple(names[-VALIDATION_SCENES:]),
            seed=number,
            trained_on=f"{len(names)} simulated scenes (seeds {seeds}), the last "
            f"{VALIDATION_SCENES} for validation",
        )


def wetland_members(steps: int | None = None) -> Iterator[TrainSettings]:
    """Yield the settings of the four members for Gewata; each is judged on another block."""
    for shape, block, shipped_steps, seed in WETLANDS:
        yield TrainSettings(
            name=f"{shape.architecture.lower()}-{shape.loss.lower()}",
            task="wetlands",
            setting="landsat",
            architecture=shape.architecture,
            encoder=ENCODER,
            options=shape.options,
            loss=shape.loss,
            batch=16,
            max_steps=steps or shipped_steps,
            steps_per_epoch=100,
            validation=(block,),
            positive_share=0.2,
            jitter=0.1,
            seed=seed,
            trained_on="Gewata, Ethiopia: rows 0 to 783 of one real Landsat 7 image with mapped "
            f"wetlands; {block} for validation, without its labels in training",
            licence="CC BY-SA 4.0",
            attribution=GEWATA_CREDIT,
        )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what the command line names, one member after the other."""
    choices = _parse(arguments)
    torch.set_num_threads(choices.threads)
    with tempfile.TemporaryDirectory() as scratch:
        for group in choices.only:
            for dataset, settings in _plan(group, choices, choices.scenes or Path(scratch)):
                if settings.member_name in (choices.members or [settings.member_name]):
                    folder = choices.out / settings.task / settings.setting
                    train_member(dataset, settings, folder, progress=_tell, resume=True)


def _plan(
    group: str, choices: argparse.Namespace, scenes: Path
) -> Iterator[tuple[Path, TrainSettings]]:
    """Yield dataset and settings of every member of a group."""
    if group == "wetlands":
        for settings in wetland_members(choices.steps):
            yield choices.gewata / settings.validation[0], settings
        return
    if not (scenes / "train_val").exists():
        write_dataset(scenes, [simulate_scene(seed) for seed in SEEDS], seed=SEEDS[0])
    for settings in landslide_members(scenes, group, choices.steps or LANDSLIDE_STEPS):
        yield scenes, settings


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m geoseg.training.shipped", description=__doc__)
    groups = ("wetlands", *LANDSLIDE_SETTINGS)
    parser.add_argument("--only", nargs="+", choices=groups, default=list(groups))
    parser.add_argument("--members", nargs="+", help="names of members; all without it")
    parser.add_argument("--gewata", type=Path, help="folder that examples/gewata_dataset.py wrote")
    parser.add_argument("--scenes", type=Path, help="keep the simulated scenes in this folder")
    parser.add_argument("--out", type=Path, default=Path("pretrained"))
    parser.add_argument("--steps", type=int, help="steps a member, instead of the shipped number")
    parser.add_argument("--threads", type=int, default=2)
    choices = parser.parse_args(arguments)
    if "wetlands" in choices.only and choices.gewata is None:
        parser.error("wetlands needs --gewata, the folder that examples/gewata_dataset.py writes")
    return choices


def _tell(event: Event) -> None:
    if "F1" in event.stage:
        print(f"{event.member} {event.done}/{event.total}: {event.stage}", file=sys.stderr)


if __name__ == "__main__":
    main()
