"""geoseg models import, statistics: published networks -> a zoo, without running what they hold."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geoseg.cli.data import fetch_models
from geoseg.cli.options import AsJson
from geoseg.cli.output import ProgressLine, show, warn

if TYPE_CHECKING:
    from geoseg.models.card import BandStatistics
    from geoseg.published.importing import Outcome

Dataset = Annotated[
    Path | None,
    typer.Option("--dataset", metavar="DIR", help="global_dataset, to measure its bands."),
]
StatisticsFile = Annotated[
    Path | None,
    typer.Option("--statistics", metavar="FILE", help="CSV name,mean,std or JSON, instead."),
]


def register(app: typer.Typer) -> None:
    """Add the commands on published networks to geoseg models."""
    app.command("fetch")(fetch_models)
    app.command("import")(import_)
    app.command("statistics")(statistics_)


def import_(
    archive: Annotated[
        Path, typer.Argument(metavar="ARCHIVE", help="trained_models.zip, or its folder.")
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the new zoo.")],
    dataset: Dataset = None,
    statistics: StatisticsFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a zoo of the published checkpoints; nothing in them is executed.

    Without --dataset or --statistics the networks are kept, but wait for the statistics of their
    bands before they predict.

    Example:
    geoseg models import trained_models.zip --dataset global_dataset --out zoo
    """
    from geoseg.errors import ModelError
    from geoseg.published.importing import import_models

    line = ProgressLine()
    try:
        bands = _statistics(dataset, statistics, line)
        outcome = import_models(archive, out, bands, line)
    finally:
        line.close()
    if not outcome.imported:
        first = outcome.refused[0]
        raise ModelError(
            f"none of the {len(outcome.refused)} networks in {archive} could be imported; "
            f"{first.title}: {first.reason}"
        )
    warn([f"{refusal.title} was refused: {refusal.reason}" for refusal in outcome.refused])
    show(_record(outcome, out), _summary(outcome, out, bands is None), as_json=as_json)


def statistics_(
    zoo: Annotated[Path, typer.Argument(metavar="ZOO", help="Folder of imported networks.")],
    *,
    dataset: Dataset = None,
    statistics: StatisticsFile = None,
    as_json: AsJson = False,
) -> None:
    """Give imported networks the statistics of their bands, so that they can predict.

    Example:
    geoseg models statistics zoo --dataset global_dataset
    """
    from geoseg.errors import SettingsError
    from geoseg.published.completing import complete_members

    line = ProgressLine()
    try:
        bands = _statistics(dataset, statistics, line)
    finally:
        line.close()
    if bands is None:
        raise SettingsError(
            "name the statistics: --dataset DIR (global_dataset) or --statistics FILE"
        )
    cards = complete_members(zoo, bands)
    text = f"{len(cards)} networks in {zoo} got the statistics of their bands"
    show({"completed": len(cards), "zoo": str(zoo)}, text, as_json=as_json)


def _statistics(
    dataset: Path | None, file: Path | None, line: ProgressLine
) -> "tuple[BandStatistics, ...] | None":
    """Return the statistics the user named, None where none were.

    Raises:
        SettingsError: Both a dataset and a file are named.
    """
    from geoseg.errors import SettingsError
    from geoseg.published.statistics import dataset_statistics, read_statistics
    from geoseg.tasks.landslides import LANDSLIDES

    if dataset is not None and file is not None:
        raise SettingsError("--dataset and --statistics say the same thing; name one of them")
    if dataset is not None:
        return dataset_statistics(dataset, LANDSLIDES, line)
    return None if file is None else read_statistics(file, LANDSLIDES)


def _summary(outcome: "Outcome", out: Path, waiting: bool) -> str:
    by_setting = Counter(card.setting for card in outcome.imported)
    counts = ", ".join(f"{setting} {count}" for setting, count in by_setting.items())
    scored = sum(card.validation_f1 is not None for card in outcome.imported)
    lines = [
        f"{len(outcome.imported)} networks imported into {out}: {counts}",
        f"{scored} of them with their validation F1, {len(outcome.refused)} refused",
    ]
    if waiting:
        lines.append(
            "they cannot predict yet: add the statistics of their bands with "
            f"geoseg models statistics {out} --dataset DIR"
        )
    return "\n".join(lines)


def _record(outcome: "Outcome", out: Path) -> dict[str, object]:
    return {
        "out": str(out),
        "imported": [
            {"name": card.name, "setting": card.setting, "validation_f1": card.validation_f1,
             "has_statistics": card.has_statistics}
            for card in outcome.imported
        ],
        "refused": [{"title": r.title, "reason": r.reason} for r in outcome.refused],
    }  # fmt: skip
