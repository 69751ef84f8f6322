"""geoseg compare: one or two runs and what people mapped -> maps, tables and figures in a folder."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from geoseg.cli.options import AsJson, Positive, band_choices, class_ids, names
from geoseg.cli.output import ProgressLine, class_table, show, table

HEAD = ("", "precision", "recall", "F1", "IoU", "MCC", "pixels")
KEYS = ("precision", "recall", "f1", "iou", "mcc", "pixels")


def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN [RUN]", help="Folder of a finished run, or two.")
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the results.")],
    reference: Annotated[
        Path | None,
        typer.Option(
            "--reference",
            metavar="FILE",
            help="Mapped truth: raster or polygons, in any CRS; else the run's own. Of files with "
            "several layers or bands: inventory.gpkg:fens, labels.tif:2 or labels.tif:onehot.",
        ),
    ] = None,
    positive: Positive = "",
    areas: Annotated[
        Path | None,
        typer.Option("--areas", metavar="FILE", help="Polygons: score each of them, too."),
    ] = None,
    lines: Annotated[
        Path | None,
        typer.Option("--lines", metavar="FILE", help="Mapped lines, e.g. the beds of ravines."),
    ] = None,
    line_buffer: Annotated[
        float,
        typer.Option(
            "--line-buffer", metavar="M", help="Let outlines grow before lines are laid over them."
        ),
    ] = 0.0,
    points: Annotated[
        Path | None, typer.Option("--points", metavar="FILE", help="Mapped points with a class.")
    ] = None,
    point_class: Annotated[
        str, typer.Option("--point-class", metavar="COLUMN", help="Column of the points' class.")
    ] = "",
    point_feature: Annotated[
        str,
        typer.Option(
            "--point-feature", metavar="A,B", help="Values of it that count as the feature."
        ),
    ] = "",
    tolerance: Annotated[
        float,
        typer.Option(
            "--tolerance", metavar="M", help="How far a point may lie from its class, metres."
        ),
    ] = 10.0,
    rasters: Annotated[
        list[Path] | None,
        typer.Option(
            "--raster",
            metavar="FILE",
            help="The rasters the run was made of, for scores by slope, aspect and land cover.",
        ),
    ] = None,
    bands: Annotated[
        list[str] | None,
        typer.Option("--bands", metavar="BAND=FILE#N", help="Say which layer a band is read from."),
    ] = None,
    min_iou: Annotated[
        float,
        typer.Option("--min-iou", help="Overlap from which an outline counts as hit by IoU."),
    ] = 0.5,
    as_json: AsJson = False,
) -> None:
    """Compare runs with a reference: maps of right and wrong, scores by place, outlines, figures.

    Example:
    geoseg compare gewata gewata-k1 --reference lulcGewata.tif --positive 6
    --raster GewataB2.tif --areas valleys.gpkg --out compared
    """
    from geoseg import comparison
    from geoseg.evaluation.lines import LineSettings
    from geoseg.evaluation.objects import ObjectSettings

    if len(runs) > 2:  # noqa: PLR2004
        raise typer.BadParameter(f"compare takes one or two runs, got {len(runs)}.")
    request = comparison.CompareRequest(
        run=runs[0],
        other=runs[1] if len(runs) > 1 else None,
        reference=reference,
        positive=class_ids(positive),
        areas=areas,
        lines=lines,
        line_settings=LineSettings(buffer_m=line_buffer),
        points=points,
        point_class=point_class,
        point_feature=names(point_feature),
        tolerance_m=tolerance,
        rasters=tuple(rasters or ()),
        bands=band_choices(bands or []),
        objects=ObjectSettings(min_iou=min_iou),
    )
    line = ProgressLine()
    try:
        record = comparison.compare(request, out, line)
    finally:
        line.close()
    show(record, _text(record, out), as_json=as_json)


def _text(record: dict[str, Any], out: Path) -> str:
    """Return what a person wants to know of a comparison."""
    parts = []
    if "tp" in record:
        parts.append(table(HEAD, _rows(record)))
    if record.get("classes"):
        parts.append(_classes(record))
        parts.append(class_table(_places(record)))
    if record.get("objects"):
        parts.append(_objects(record["objects"]))
    for name, keys in (("lines", LINES), ("points", POINTS)):
        if record.get(name):
            parts.append("\n".join(_told(record[name], keys)))
    if record.get("points"):
        points = record["points"]
        named = (("at the points", "at_point"), ("within the tolerance", "within_tolerance"))
        parts.append(class_table([(words, points[key]) for words, key in named]))
    parts.append("\n".join(f"note: {note}" for note in record["notes"]))
    return "\n\n".join([*filter(None, parts), f"written to {out}"])


def _classes(record: dict[str, Any]) -> str:
    """Return the scores of every class, and how often each was taken for each."""
    keys = ("precision", "recall", "f1", "iou")
    names = [row["name"] for row in record["classes"]]
    matrix = record["class_matrix"]
    rows = [
        (row["name"], *(row[key] for key in keys), *(mapped[row["id"]] for mapped in matrix))
        for row in record["classes"]
    ]
    head = ("reference class", "precision", "recall", "F1", "IoU", *(f"as {n}" for n in names))
    return f"{table(head, rows)}\nmacro F1 {_score(record['macro_f1'])}"


def _score(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"


Keys = Mapping[tuple[str, ...], str]
LINES: Keys = {
    ("length_weighted_overlap",): "of the lines' length lies inside outlines",
    ("coverage_of_intersecting",): "of the mapped ground belongs to outlines that meet a line",
}
POINTS: Keys = {
    ("at_point", "balanced_accuracy"): "balanced accuracy at the points",
    ("within_tolerance", "balanced_accuracy"): "balanced accuracy within the tolerance",
}
"""Place in a part of the record -> what it is."""


def _told(part: dict[str, Any], keys: Keys) -> Iterator[str]:
    """Yield shares with their words."""
    for place, words in keys.items():
        value: Any = part
        for key in place:
            value = value[key]
        yield f"{_share(value)} {words}"


def _rows(record: dict[str, Any]) -> list[tuple[object, ...]]:
    whole = record | {"pixels": sum(record[key] for key in ("tp", "fp", "fn", "tn"))}
    named = [("whole map", whole), *_places(record)]
    if record["run_vs_run"]:
        other = record["run_vs_run"]
        named.insert(1, (record["other"], other["second_scores"] | {"pixels": other["total"]}))
    return [(name, *(row[key] for key in KEYS)) for name, row in named]


def _places(record: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return sub-areas and kinds of ground by name, small ones marked."""
    named = [(area["name"], area) for area in record["areas"]]
    named += [(f"{row['kind']}: {row['name']}", row) for row in record["strata"]]
    return [(f"{name} (few)" if row.get("small") else name, row) for name, row in named]


def _objects(objects: dict[str, Any]) -> str:
    head = ("outlines", "precision", "recall", "F1", "detected", "missed", "confirmed", "false")
    keys = ("precision", "recall", "f1", "detected", "missed", "confirmed", "false")
    named = [("any overlap", objects["overlap"])]
    named += [(f"IoU {objects['settings']['min_iou']:g} and more", objects["iou"])]
    named += [(row["name"], row) for row in objects.get("by_class", ())]
    named += [(row["size"], row) for row in objects["by_size"]]
    return table(head, [(name, *(row[key] for key in keys)) for name, row in named])


def _share(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1%}"
