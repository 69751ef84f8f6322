"""Writes into the cards of `pretrained/` which ground taught and judged each member.

python -m geoseg.training.shipped_ground --help
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from geoseg.models.footprint import Footprint
from geoseg.tasks import find_task
from geoseg.training import shipped, shipped_tasks
from geoseg.training.dataset import read_dataset, split
from geoseg.training.footprints import fill_in, footprint_of, of_simulated

WETLANDS = "wetlands/landsat"
LANDSLIDES = tuple(f"landslides/{setting}" for setting in shipped.LANDSLIDE_SETTINGS)
GROUPS = {f"{group.task}/{group.setting}": group for group in shipped_tasks.GROUPS.values()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill in what the command line names; weights stay as they are."""
    choices = _parse(arguments)
    for place in choices.only:
        if place == WETLANDS:
            footprint = of_gewata(choices.gewata)
        elif place in GROUPS:
            group = GROUPS[place]
            parts = [shipped_tasks.scenes_for(group, part) for part in ("train", "validation")]
            footprint = of_simulated(group.task, *parts)
        else:
            parts = [shipped.scenes_for(part) for part in ("train", "validation")]
            footprint = of_simulated("landslides", *parts)
        count = fill_in(choices.zoo / place, footprint)
        print(f"{place}: {count} cards", file=sys.stderr)


def of_gewata(dataset: Path) -> Footprint:
    """Return the ground of the wetland members, of the folder examples/gewata_dataset.py writes."""
    base = shipped.wetland_base()
    task = find_task(base.task)
    scenes = read_dataset(dataset, task, base.setting)
    return footprint_of(*split(scenes, base.validation, base.seed, task.classes[1:]))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    places = (WETLANDS, *LANDSLIDES, *GROUPS)
    parser = argparse.ArgumentParser(
        prog="python -m geoseg.training.shipped_ground", description=__doc__
    )
    parser.add_argument("--only", nargs="+", choices=places, default=list(places))
    parser.add_argument("--gewata", type=Path, help="folder that examples/gewata_dataset.py wrote")
    parser.add_argument("--zoo", type=Path, default=Path("pretrained"))
    choices = parser.parse_args(arguments)
    if WETLANDS in choices.only and choices.gewata is None:
        parser.error("wetlands/landsat needs --gewata, the folder examples/gewata_dataset.py wrote")
    return choices


if __name__ == "__main__":
    main()
