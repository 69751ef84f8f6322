"""geoseg experiment: an article's experiment on simulated ground -> its tables beside the article's."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import AsJson
from geoseg.cli.output import ProgressLine, show
from geoseg.cli.train_progress import wish_to_stop


def experiment(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="bedrock, wetlands, landslides or ravines.")
    ],
    *,
    out: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for tables, networks and runs.")
    ],
    recipe: Annotated[
        str,
        typer.Option(
            "--recipe",
            help="quick: compact networks, minutes; article: ResNet-34 encoders, many steps, hours.",
        ),
    ] = "quick",
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same ground.")] = 0,
    max_steps: Annotated[
        int | None,
        typer.Option("--max-steps", metavar="N", help="End every training after N steps."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make an article's experiment again on simulated ground, its tables beside the article's.

    Every map is a run's folder, which report and compare can read.

    Example:
    geoseg experiment ravines --out ravines-again
    """
    from geoseg.experiments import ExperimentSettings, Watch, run_experiment

    choices: dict[str, Any] = {"recipe": recipe, "seed": seed, "max_steps": max_steps}
    settings = ExperimentSettings(**choices)
    line = ProgressLine()
    with wish_to_stop() as cancelled:
        try:
            page = run_experiment(name, settings, out, Watch(line, cancelled))
        finally:
            line.close()
    record = {"experiment": name, "out": str(out), "settings": settings.model_dump(), "table": page}
    show(record, f"{page}\nwritten to {out}", as_json=as_json)
