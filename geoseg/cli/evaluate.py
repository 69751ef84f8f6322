"""geoseg evaluate: a class map and its reference -> counts and metrics, also by sub-area."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import AsJson, Positive, class_ids
from geoseg.cli.output import ProgressLine, class_table, show, table

CLASS_KEYS = ("precision", "recall", "f1", "iou")
HEAD = ("area", "precision", "recall", "F1", "accuracy", "IoU", "bal. acc.", "MCC",
        "tp", "fp", "fn", "tn")  # fmt: skip
KEYS = ("precision", "recall", "f1", "accuracy", "iou", "balanced_accuracy", "mcc",
        "tp", "fp", "fn", "tn")  # fmt: skip


def evaluate(
    classes: Annotated[Path, typer.Argument(metavar="CLASSES", help="Class map, classes.tif.")],
    reference: Annotated[
        Path,
        typer.Argument(
            metavar="REFERENCE",
            help="Mapped truth: raster or polygons. A layer, a band, onehot or a colour may "
            "follow its name: a.gpkg:fens, labels.tif:2, labels.tif:onehot, picture.tif:#0080ff.",
        ),
    ],
    *,
    probability: Annotated[
        Path | None,
        typer.Option("--probability", metavar="FILE", help="Also find the best threshold."),
    ] = None,
    areas: Annotated[
        Path | None,
        typer.Option("--areas", metavar="FILE", help="Polygons: score each of them, too."),
    ] = None,
    task: Annotated[
        str | None, typer.Option("--task", help="What was mapped, if the map does not say.")
    ] = None,
    positive: Positive = "",
    as_json: AsJson = False,
) -> None:
    """Score a class map against a reference: precision, recall, F1, IoU, MCC and counts.

    Example:
    geoseg evaluate gewata/classes.tif lulcGewata.tif --positive 6 --json
    """
    from geoseg.evaluation import evaluate_files
    from geoseg.tasks import find_task

    line = ProgressLine()
    try:
        record = evaluate_files(
            classes,
            reference,
            probability=probability,
            areas=areas,
            task=find_task(task) if task else None,
            positive=class_ids(positive),
            progress=line,
        ).record()
    finally:
        line.close()
    show(record, _text(record), as_json=as_json)


def _text(record: dict[str, Any]) -> str:
    rows = [("whole map", *[record[key] for key in KEYS])]
    rows += [(area["name"], *[area[key] for key in KEYS]) for area in record.get("areas", [])]
    text = table(HEAD, rows)
    if record.get("best_threshold") is not None:
        text += (
            f"\n\nhighest F1 {record['best_f1']:.3f} at threshold {record['best_threshold']:.3f}, "
            "fitted to this reference"
        )
    if "classes" in record:
        of_class = [(row["name"], *[row[key] for key in CLASS_KEYS]) for row in record["classes"]]
        text += f"\n\n{table(('class', *CLASS_KEYS), of_class)}"
        by_area = class_table([(area["name"], area) for area in record.get("areas", [])])
        text += f"\n\n{by_area}" if by_area else ""
    return "\n".join([text, *(f"note: {note}" for note in record["notes"])])
