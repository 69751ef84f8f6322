"""geoseg evaluate: any class map and what people mapped -> counts and metrics, also by sub-area."""

from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import (
    AsJson,
    GridFile,
    LineBuffer,
    Lines,
    MapPositive,
    PointClass,
    PointFeature,
    Points,
    Positive,
    Tolerance,
    class_ids,
)
from geoseg.cli.output import LINES, ProgressLine, class_table, shares, show, table, tell

AT = (("at_point", "at the points"), ("within_tolerance", "within the tolerance"))
POINT_HEAD = ("accuracy", "balanced", "sensitivity", "specificity", "F1", "tp", "fp", "fn", "tn")
POINT_KEYS = ("accuracy", "balanced_accuracy", "sensitivity", "specificity", "f1",
              "tp", "fp", "fn", "tn")  # fmt: skip
CLASS_KEYS = ("precision", "recall", "f1", "iou")
HEAD = ("area", "precision", "recall", "F1", "accuracy", "IoU", "bal. acc.", "MCC",
        "tp", "fp", "fn", "tn")  # fmt: skip
KEYS = ("precision", "recall", "f1", "accuracy", "iou", "balanced_accuracy", "mcc",
        "tp", "fp", "fn", "tn")  # fmt: skip


def evaluate(
    classes: Annotated[
        Path,
        typer.Argument(
            metavar="CLASSES", help="classes.tif of a run, or any map: raster or polygons."
        ),
    ],
    reference: Annotated[
        Path | None,
        typer.Argument(
            metavar="[REFERENCE]",
            help="Mapped truth: raster or polygons; may be left out with --points or --lines. A "
            "layer, a band, onehot or a colour may follow its name: a.gpkg:fens, labels.tif:2, "
            "labels.tif:onehot, picture.tif:#0080ff.",
            show_default=False,
        ),
    ] = None,
    *,
    probability: Annotated[
        Path | None,
        typer.Option("--probability", metavar="FILE", help="Also find the best threshold."),
    ] = None,
    areas: Annotated[
        Path | None,
        typer.Option("--areas", metavar="FILE", help="Polygons: score each of them, too."),
    ] = None,
    points: Points = None,
    point_class: PointClass = "",
    point_feature: PointFeature = "",
    tolerance: Tolerance = 10.0,
    lines: Lines = None,
    line_buffer: LineBuffer = 0.0,
    task: Annotated[
        str, typer.Option("--task", help="What was mapped, if the map does not say.")
    ] = "",
    positive: Positive = "",
    map_positive: MapPositive = "",
    grid: GridFile = None,
    as_json: AsJson = False,
) -> None:
    """Score a map, ours or of others, by a reference, points or lines: metrics and counts.

    Example:
    geoseg evaluate gewata/classes.tif lulcGewata.tif --positive 6 --json

    geoseg evaluate old_map.gpkg --map-positive Mire,Bog --points field.csv --task wetlands
    """
    from geoseg.comparison.scoring import ScoreRequest, score_map
    from geoseg.evaluation.lines import LineSettings
    from geoseg.tasks.words import split_words

    request = ScoreRequest(
        classes=classes,
        reference=reference,
        positive=class_ids(positive),
        map_positive=split_words(map_positive),
        probability=probability,
        areas=areas,
        grid=grid,
        task=task,
        points=points,
        point_class=point_class,
        point_feature=split_words(point_feature),
        tolerance_m=tolerance,
        lines=lines,
        line_settings=LineSettings(buffer_m=line_buffer),
    )
    line = ProgressLine()
    try:
        record = score_map(request, line)
    finally:
        line.close()
    tell(record["notes"])
    show(record, _text(record), as_json=as_json)


def _text(record: dict[str, Any]) -> str:
    parts = [_of_pixels(record)] if "tp" in record else []
    if "points" in record:
        rows = [(words, *(record["points"][key][name] for name in POINT_KEYS)) for key, words in AT]
        parts.append(table((f"{record['points']['points']} points", *POINT_HEAD), rows))
        parts.append(class_table([(words, record["points"][key]) for key, words in AT]))
    if "lines" in record:
        parts.append("\n".join(shares(record["lines"], LINES)))
    return "\n\n".join(filter(None, parts))


def _of_pixels(record: dict[str, Any]) -> str:
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
    return text
