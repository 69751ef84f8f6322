"""geoseg compare: one or two runs and what people mapped -> maps, tables and figures in a folder."""

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
    band_choices,
    class_ids,
)
from geoseg.cli.output import LINES, POINTS, ProgressLine, class_table, shares, show, table, tell

HEAD = ("", "precision", "recall", "F1", "IoU", "MCC", "pixels")
KEYS = ("precision", "recall", "f1", "iou", "mcc", "pixels")


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            metavar="RUN|MAP [RUN|MAP]",
            help="Folder of a finished run, or a map of others as GeoTIFF or polygons; one or two.",
        ),
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
    map_positive: MapPositive = "",
    other_positive: Annotated[
        str,
        typer.Option("--other-positive", metavar="A,B", help="The same for the second map."),
    ] = "",
    task: Annotated[
        str, typer.Option("--task", help="What was mapped, where neither is a run.")
    ] = "",
    grid: GridFile = None,
    areas: Annotated[
        Path | None,
        typer.Option("--areas", metavar="FILE", help="Polygons: score each of them, too."),
    ] = None,
    lines: Lines = None,
    line_buffer: LineBuffer = 0.0,
    points: Points = None,
    point_class: PointClass = "",
    point_feature: PointFeature = "",
    tolerance: Tolerance = 10.0,
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
    every_size: Annotated[
        bool,
        typer.Option(
            "--every-size",
            help="Count reference outlines below the run's smallest patch, too; it can find none.",
        ),
    ] = False,
    touching_apart: Annotated[
        bool,
        typer.Option(
            "--touching-apart",
            help="Count outlines that only touch, as at a corner, one by one; else they are one.",
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Compare runs, or maps of others, with a reference and with each other.

    Maps of right and wrong, scores by place, outlines, figures; of two also difference.tif.

    Example:
    geoseg compare gewata gewata-k1 --reference lulcGewata.tif --positive 6
    --raster GewataB2.tif --areas valleys.gpkg --out compared

    geoseg compare wetlands old_map.shp.zip --other-positive Mire,Bog --points field.gpkg --out beside
    """
    from geoseg import comparison
    from geoseg.evaluation.lines import LineSettings
    from geoseg.evaluation.objects import ObjectSettings
    from geoseg.tasks.words import split_words

    if len(runs) > 2:  # noqa: PLR2004
        raise typer.BadParameter(f"compare takes one or two runs or maps, got {len(runs)}.")
    request = comparison.CompareRequest(
        run=runs[0],
        other=runs[1] if len(runs) > 1 else None,
        reference=reference,
        positive=class_ids(positive),
        map_positive=split_words(map_positive),
        other_positive=_second(runs, map_positive, other_positive),
        task=task,
        grid=grid,
        areas=areas,
        lines=lines,
        line_settings=LineSettings(buffer_m=line_buffer),
        points=points,
        point_class=point_class,
        point_feature=split_words(point_feature),
        tolerance_m=tolerance,
        rasters=tuple(rasters or ()),
        bands=band_choices(bands or []),
        objects=ObjectSettings(
            min_iou=min_iou, same_smallest=not every_size, join_touching=not touching_apart
        ),
    )
    line = ProgressLine()
    try:
        record = comparison.compare(request, out, line)
    finally:
        line.close()
    tell(record["notes"])
    show(record, _text(record, out), as_json=as_json)


def _second(runs: list[Path], first: str, second: str) -> tuple[str, ...]:
    """Return the classes of the second map; beside a run the one map needs no telling which."""
    from geoseg.tasks.words import split_words

    alone = len(runs) > 1 and runs[0].is_dir()
    return split_words(second or (first if alone else ""))


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
            parts.append("\n".join(shares(record[name], keys)))
    if record.get("points"):
        points = record["points"]
        named = (("at the points", "at_point"), ("within the tolerance", "within_tolerance"))
        parts.append(class_table([(words, points[key]) for words, key in named]))
    if record.get("beside"):
        parts.append(_beside(record["beside"]))
    return "\n\n".join([*filter(None, parts), f"written to {out}"])


def _beside(part: dict[str, Any]) -> str:
    """Return how much ground only one of two maps says feature of, and the areas of both."""
    found = part["difference"]
    kinds = (
        ("only_first", f"only {part['first']}"), ("only_second", f"only {part['second']}"),
        ("both", "both"), ("neither", "neither"),
    )  # fmt: skip
    rows = [(words, found["pixels"][key], found["area_m2"][key] / 1e6) for key, words in kinds]
    parts = [table((f"says {found['feature']}", "pixels", "km2"), rows)]
    scored = [
        (f"{area['name']}: {part[side]}", *(area[side][key] for key in KEYS[:-1]))
        for area in part["areas"]
        for side in ("first", "second")
    ]
    if scored:
        parts.append(table(("on the ground both know", *HEAD[1:-1]), scored))
    return "\n\n".join(parts)


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
