"""A comparison's record -> every figure of it as a web page that needs no internet."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import plotly.graph_objects as go

from geoseg.errors import DiskError
from geoseg.evaluation.by_ground import leading, leading_curve
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures import compare, compare_ground, compare_lines, compare_sure
from geoseg.figures.class_matrix import class_matrix
from geoseg.stack.ogr import pyogrio

Part = Mapping[str, Any]


def write_figures(record: Part, curves: Path, folder: Path) -> list[Path]:
    """Write every figure that the record allows; one copy of the library beside serves them all.

    Args:
        record: The content of a comparison's metrics.json.
        curves: Its curves.json, where pixels of a map with probabilities were compared.
        folder: Where the pages go.

    Raises:
        DiskError: The folder cannot be written.
    """
    histogram = leading_curve(json.loads(curves.read_bytes())) if curves.is_file() else None
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, title, figure in all_figures(record, histogram, curves.with_name("lines.gpkg")):
            figure.update_layout(title={"text": title, "font": {"size": 16}}, margin_t=70)
            path = folder / f"{name}.html"
            figure.write_html(path, include_plotlyjs="directory")
            paths.append(path)
    except OSError as error:
        raise DiskError(
            f"{folder} cannot be written ({(error.strerror or str(error)).lower()}); choose a "
            "folder you may write to"
        ) from error
    return paths


def all_figures(
    record: Part, histogram: ScoreHistogram | None, lines: Path = Path("lines.gpkg")
) -> Iterator[tuple[str, str, go.Figure]]:
    """Yield name, title and figure of everything that can be drawn.

    Args:
        record: The content of a comparison's metrics.json.
        histogram: Its scores at every threshold, where pixels were compared.
        lines: Its lines.gpkg, where lines were compared.
    """
    if "tp" in record:
        yield from _of_pixels(record)
    if histogram is not None:
        yield from _of_probability(record, histogram)
    if record.get("beside"):
        title = "Ground that only one of the two maps calls so"
        yield "difference", title, compare.difference(record["beside"]["difference"])
    if record.get("ensemble_sizes"):
        yield "f1_by_size", "How many networks?", compare.f1_by_size(record["ensemble_sizes"])
    if record.get("areas"):
        yield "sub_areas", "Scores by sub-area", compare_ground.by_group(record["areas"])
    for kind in dict.fromkeys(row["kind"] for row in record.get("strata", ())):
        rows = [row for row in record["strata"] if row["kind"] == kind]
        name = f"by_{kind.replace(' ', '_')}"
        yield name, f"Scores by {kind}", compare_ground.by_group(rows)
    if record.get("lines"):
        frames = (pyogrio.read_dataframe(lines, layer=name) for name in ("lines", "outlines"))
        yield "lines", "Lines and the outlines that meet them", compare_lines.lines_map(*frames)
    if record.get("objects"):
        yield from _of_objects(record["objects"])


def _of_pixels(record: Part) -> Iterator[tuple[str, str, go.Figure]]:
    part, led = leading(record)
    at = "" if part == "whole" else f", {part} ground"
    places = compare.places_of(record)
    yield "performance_diagram", "Performance diagram", compare.performance_diagram(places)
    yield "confusion_matrix", f"Right and wrong, pixels{at}", compare.error_matrix(led)
    for name, title in (
        ("seven_colours", "Single best network and ensemble"),
        ("run_vs_run", "Two runs"),
    ):
        if record.get(name):
            yield name, title, compare.seven_colours(record[name])
    if led.get("classes"):
        yield "classes", f"Scores of every class{at}", compare_ground.by_group(led["classes"])
        yield "class_matrix", f"Which class is taken for which{at}", class_matrix(led)
    if record.get("area_estimate"):
        figure = compare_sure.area(record["area_estimate"], record["feature"])
        yield "area", "Area with its 95 % interval", figure
    if record.get("area_by_class"):
        figure = compare_sure.areas(record["area_by_class"])
        yield "area_by_class", "Area of every class with its 95 % interval", figure


def _of_probability(
    record: Part, histogram: ScoreHistogram
) -> Iterator[tuple[str, str, go.Figure]]:
    yield (
        "precision_recall",
        "Finding more costs false alarms",
        compare.precision_recall(histogram, record["threshold"]),
    )
    yield "reliability", "Can the probability be taken at its word?", compare.reliability(histogram)
    yield from _of_doubt(record, histogram)


def _of_doubt(record: Part, histogram: ScoreHistogram) -> Iterator[tuple[str, str, go.Figure]]:
    if record.get("calibration"):
        figure = compare_sure.calibration(histogram, record["calibration"]["temperature"])
        yield "calibration", "Probability before and after one correction", figure
    if record.get("selective"):
        figure = compare_sure.selective(record["selective"])
        yield "selective_accuracy", "F1 as the unsure are dropped", figure


def _of_objects(objects: Part) -> Iterator[tuple[str, str, go.Figure]]:
    yield (
        "objects_by_size",
        "Outlines found, missed and false",
        compare_ground.object_counts(objects),
    )
    yield (
        "object_scores_by_size",
        "Scores over outlines, by size",
        compare_ground.by_group(objects["by_size"], "size"),
    )
    yield "objects_by_overlap", "How much overlap is asked", compare_ground.objects_by_iou(objects)
