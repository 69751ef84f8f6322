"""Name of an experiment -> who makes an article's tables again, on simulated ground."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import SettingsError
from geoseg.experiments.bedrock import run_bedrock
from geoseg.experiments.landslides import run_landslides
from geoseg.experiments.ravines import run_ravines
from geoseg.experiments.settings import ExperimentSettings, Watch
from geoseg.experiments.standing import claim
from geoseg.experiments.table import ResultTable, as_markdown, write_tables
from geoseg.experiments.wetlands import run_wetlands


@dataclass(frozen=True)
class Experiment:
    """What one article tried.

    Attributes:
        title: Heading of its page.
        run: (settings, folder for members and runs, watcher) -> tables.
    """

    title: str
    run: Callable[[ExperimentSettings, Path, Watch], Sequence[ResultTable]]


EXPERIMENTS: dict[str, Experiment] = {
    "landslides": Experiment(
        "Landslides learned locally (Article III) on simulated ground", run_landslides
    ),
    "bedrock": Experiment("Bedrock (Article I) on simulated ground", run_bedrock),
    "wetlands": Experiment("Wetlands (Article II) on simulated ground", run_wetlands),
    "ravines": Experiment("Ravines (Article VI) on simulated ground", run_ravines),
}
"""Short name -> experiment."""


def find_experiment(name: str) -> Experiment:
    """Return the experiment of that name.

    Raises:
        SettingsError: There is none; the sentence lists the known ones.
    """
    if name not in EXPERIMENTS:
        known = ", ".join(EXPERIMENTS)
        raise SettingsError(f"no experiment {name!r}; choose one of {known}")
    return EXPERIMENTS[name]


def run_experiment(
    name: str, settings: ExperimentSettings, out: Path, watch: Watch | None = None
) -> str:
    """Make an experiment with its tables in a folder and return them as Markdown.

    In a folder where the same was stopped it goes on: what is trained and mapped there stays.

    Raises:
        GeosegError: Something of it cannot be; the sentence says what to do.
        RunCancelledError: The watcher wants it to end.
    """
    experiment = find_experiment(name)
    claim(name, settings, out)
    tables = experiment.run(settings, out, watch or Watch())
    page = as_markdown(experiment.title, tables, settings.words)
    write_tables(out, page, tables)
    return page


__all__ = [
    "EXPERIMENTS",
    "Experiment",
    "ExperimentSettings",
    "Watch",
    "find_experiment",
    "run_experiment",
]
