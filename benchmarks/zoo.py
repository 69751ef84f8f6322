"""Ranks every setting of the shipped landslide zoo and writes docs/zoo.md from what it finds.

    python -m benchmarks.zoo

The simulated scenes of the shipped zoo are made again from their seeds: four validation scenes fit
the ensembles; the test scene and one scene each of four other kinds of country judge, which no
network saw. Rankings and fits are put beside the
networks, where the Models page and predictions read them. `--again` only writes the page anew.
"""

import argparse
import json
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.zoo_page import write_page
from benchmarks.zoo_pictures import draw
from geoseg.errors import ModelError
from geoseg.models import zoo
from geoseg.models.zoo import list_members
from geoseg.progress import Event
from geoseg.ranking import LabelledArea, Ranking, RankSettings, dataset_areas, read_ranking
from geoseg.ranking.areas import ArrayTruth
from geoseg.ranking.files import keep_in_zoo, ranking_path
from geoseg.ranking.findings import findings
from geoseg.ranking.rank import rank_zoo
from geoseg.ranking.trained import find_trained
from geoseg.simulate import simulate_scene
from geoseg.stack import ArrayStack
from geoseg.tasks import find_task
from geoseg.training.shipped import write_scenes

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results/zoo.json"
PAGE = HERE.parent / "docs/zoo.md"
PICTURES = HERE.parent / "docs/pictures"
TASK = "landslides"
MORE_GROUND = (300_100_001, 300_100_002, 300_100_004, 300_100_005)
"""Simulated scenes of alps, rainforest, steppe and pastures, beside the test scene, a volcano."""


def main() -> None:
    """Rank, keep the numbers, write the page."""
    choices = _parse()
    task = find_task(TASK)
    names = choices.settings or [setting.name for setting in task.settings]
    rankings: dict[str, Ranking] = {}
    with tempfile.TemporaryDirectory() as scratch:
        dataset = choices.dataset or Path(scratch)
        for name in names:
            path = ranking_path(choices.models, TASK, name)
            if not choices.again:
                if choices.dataset is None:
                    write_scenes(dataset)
                _rank(dataset, name, choices)
            if path.is_file():
                rankings[name] = read_ranking(path)
    if not rankings:
        raise ModelError("no setting of the zoo was ranked; leave out --again")
    _keep(rankings, choices.results)
    draw(rankings, choices.pictures)
    write_page(rankings, choices.page)
    for finding in findings(rankings):
        print(f"{finding.verdict}: {finding.claim}. {finding.words}")


def _rank(dataset: Path, setting: str, choices: argparse.Namespace) -> None:
    """Rank one setting, where the zoo has members of it, and keep what was found in the zoo."""
    task = find_task(TASK)
    members = list_members(choices.models, TASK, setting)
    if not members:
        return
    areas = dataset_areas(dataset, task, setting, choices.validation)
    areas += [_more_ground(seed, setting) for seed in choices.test_seeds]
    settings = RankSettings(
        task=TASK,
        setting=setting,
        sizes=tuple(choices.ensemble_sizes),
        turns=not choices.no_turns,
        precision=choices.precision,
    )
    trained = find_trained([member.weights for member in members], setting)
    ranking, ensembles = rank_zoo(
        members, areas, task, settings, trained=trained, progress=_tell(setting)
    )
    keep_in_zoo(ranking, ensembles, choices.models)


def _more_ground(seed: int, setting: str) -> LabelledArea:
    """Return another simulated test scene."""
    scene, task = simulate_scene(seed), find_task(TASK)
    stack = ArrayStack(scene.bands, tuple(band.name for band in task.bands), scene.grid)
    own = stack.select(task.setting(setting).bands)
    return LabelledArea(scene.name, "test", own, ArrayTruth(scene.reference), simulated=True)


def _keep(rankings: dict[str, Ranking], path: Path) -> None:
    """Write the numbers the page is made of, without counts of single squares."""
    left_out = {"block_counts", "histograms"}
    content: dict[str, Any] = {
        "findings": [finding.record() for finding in findings(rankings)],
        "settings": {
            name: ranking.model_dump(mode="json", exclude=left_out)
            for name, ranking in rankings.items()
        },
    }
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def _tell(setting: str) -> Any:
    def hear(event: Event) -> None:
        print(f"{setting}: {event.stage} {event.done} of {event.total}", flush=True)

    return hear


def _parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=Path, help=f"another zoo than {zoo.PRETRAINED.name}/")
    parser.add_argument("--settings", nargs="+", help="only these settings")
    parser.add_argument("--dataset", type=Path, help="scenes that are already there")
    parser.add_argument("--validation", nargs="+", default=[], help="else those of split.json")
    parser.add_argument(
        "--test-seeds", nargs="+", type=int, default=MORE_GROUND, help="more test scenes"
    )
    parser.add_argument("--ensemble-sizes", nargs="+", type=int, default=[10, 20, 40])
    parser.add_argument("--precision", choices=("exact", "fast"), default="exact")
    parser.add_argument("--no-turns", action="store_true", help="skip flips and turns")
    parser.add_argument("--again", action="store_true", help="only write the page anew")
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--pictures", type=Path, default=PICTURES)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
