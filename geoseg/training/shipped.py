"""Makes every member of `pretrained/` again: python -m geoseg.training.shipped --help."""

import argparse
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from geoseg.models.card import ARCHITECTURES
from geoseg.progress import Event
from geoseg.simulate import simulate_scene, write_dataset
from geoseg.simulate.files import parts
from geoseg.training.compact import SHAPES
from geoseg.training.grid import LEARNING_RATES
from geoseg.training.grid_run import train_members
from geoseg.training.member_job import forget_member
from geoseg.training.results import Result, read_results
from geoseg.training.settings import LOSSES, TrainSettings

DATASET_SEED = 1001
SEEDS = tuple(range(100_100_000, 100_100_021))
"""Twenty-one simulated scenes, those of `geoseg simulate --scenes 21 --seed 1001`."""

LANDSLIDE_SETTINGS = ("s1s2", "all", "s2", "s1")
GROUPS = ("wetlands", *LANDSLIDE_SETTINGS)
TRAINED, KEPT = 22, 20
"""Members trained a setting, of the 90 there are, and those shipped; see `shipped_names`."""

GEWATA_CREDIT = (
    'Trained on the Gewata scene of the Wageningen University geoScripting course, "Advanced '
    'Raster Analysis" (CC BY-SA 4.0)'
)


def spread() -> list[tuple[str, str, float]]:
    """Return the 90 of Article V so that every beginning of the list is a fair sample of them.

    Nine in a row are the nine architectures; losses and learning rates go round beside them.
    """
    order = []
    for number in range(len(ARCHITECTURES) * len(LOSSES) * len(LEARNING_RATES)):
        shift = number % len(ARCHITECTURES)
        turn = number // len(ARCHITECTURES) + shift
        loss, rate = LOSSES[turn % len(LOSSES)], LEARNING_RATES[turn % len(LEARNING_RATES)]
        order.append((ARCHITECTURES[shift], loss, rate))
    return order


def shipped_members(group: str, count: int = TRAINED) -> list[TrainSettings]:
    """Return the settings of the first members of a group: wetlands, or a landslide setting."""
    base = wetland_base() if group == "wetlands" else landslide_base(group)
    return [
        base.model_copy(
            update={
                "architecture": architecture,
                "encoder": SHAPES[architecture].encoder,
                "options": SHAPES[architecture].options,
                "loss": loss,
                "learning_rate": rate,
                "seed": number,
            }
        )
        for number, (architecture, loss, rate) in enumerate(spread()[:count])
    ]


def shipped_names(results: Iterable[Result]) -> list[str]:
    """Return the best by validation F1, the best of every architecture among them, best first."""
    ranked = sorted((row for row in results if row.is_trained), key=lambda row: row.rank)
    first: dict[str, Result] = {}
    for row in ranked:
        first.setdefault(row.architecture, row)
    others = [row for row in ranked if row not in first.values()]
    kept = [*first.values(), *others[: max(0, KEPT - len(first))]]
    return [row.name for row in sorted(kept, key=lambda row: row.rank)]


def landslide_base(setting: str) -> TrainSettings:
    """Return what the landslide members of a band setting share."""
    judges = scenes_for("validation")
    tested = ", ".join(str(seed) for seed in scenes_for("test"))
    return TrainSettings(
        task="landslides",
        setting=setting,
        batch=8,
        crop=128,
        max_steps=350,
        steps_per_epoch=50,
        positive_share=0.5,
        jitter=0.05,
        validation=tuple(f"simulated{seed}" for seed in judges),
        trained_on=f"{len(SEEDS) - 1} simulated scenes (seeds {SEEDS[0]} to {SEEDS[-1]} without "
        f"{tested}), the last {len(judges)} of them for validation",
    )


def wetland_base() -> TrainSettings:
    """Return what the wetland members share; all are judged on the same scattered cells."""
    return TrainSettings(
        task="wetlands",
        setting="landsat",
        batch=8,
        crop=128,
        max_steps=600,
        steps_per_epoch=75,
        positive_share=0.2,
        jitter=0.1,
        validation=("judge",),
        trained_on="Gewata, Ethiopia: rows 0 to 783 of one real Landsat 7 image with mapped "
        "wetlands; every fifth cell of 98 x 98 pixels for validation, its labels withheld in "
        "training",
        licence="CC BY-SA 4.0",
        attribution=GEWATA_CREDIT,
    )


def scenes_for(part: str) -> list[int]:
    """Return the seeds of the scenes that train, judge (validation) or test."""
    uses = parts(len(SEEDS), DATASET_SEED)
    return [seed for seed, use in zip(SEEDS, uses, strict=True) if use == part]


def write_scenes(folder: Path) -> Path:
    """Write the simulated scenes where they are not there yet, and return the folder."""
    if not (folder / "train_val").exists():
        write_dataset(folder, [simulate_scene(seed) for seed in SEEDS], DATASET_SEED)
    return folder


def main(arguments: Sequence[str] | None = None) -> None:
    """Train what the command line names."""
    choices = _parse(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        for group in choices.only:
            wetlands = group == "wetlands"
            dataset = choices.gewata if wetlands else write_scenes(choices.scenes or Path(scratch))
            members = shipped_members(group, choices.count)
            folder = choices.out / members[0].task / members[0].setting
            table = train_members(dataset, members, folder, progress=_tell)
            names = shipped_names(read_results(table))
            for name in {member.member_name for member in members} - set(names):
                forget_member(folder, name)
            print(f"{group}: {len(names)} members, {table}", file=sys.stderr)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m geoseg.training.shipped", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS))
    parser.add_argument("--count", type=int, default=TRAINED, help="members trained a group")
    parser.add_argument("--gewata", type=Path, help="folder that examples/gewata_dataset.py wrote")
    parser.add_argument("--scenes", type=Path, help="keep the simulated scenes in this folder")
    parser.add_argument("--out", type=Path, default=Path("pretrained"))
    choices = parser.parse_args(arguments)
    if "wetlands" in choices.only and choices.gewata is None:
        parser.error("wetlands needs --gewata, the folder that examples/gewata_dataset.py writes")
    return choices


def _tell(event: Event) -> None:
    if "F1" in event.stage:
        print(f"{event.member} {event.done}/{event.total}: {event.stage}", file=sys.stderr)


if __name__ == "__main__":
    main()
