"""Rows of a comparison -> tables for a spreadsheet; undefined values are empty cells."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd

from geoseg.evaluation.lines import LineScores
from geoseg.exports.disk import whole
from geoseg.stack.ogr import pyogrio

METRICS = ("precision", "recall", "f1", "accuracy", "iou", "balanced_accuracy", "mcc")
COUNTS = ("tp", "fp", "fn", "tn")
AREA_COLUMNS = ("kind", "name", "pixels", "positives", "small", *METRICS, *COUNTS)
CLASS_COLUMNS = ("class", "macro_f1")
"""Further columns of areas.csv where classes are told apart."""
DIGITS = 6


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV file, whole or not at all.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    with whole(path) as target, target.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file)
        table.writerow(columns)
        table.writerows([_cell(row.get(column)) for column in columns] for row in rows)


def write_objects(frame: gpd.GeoDataFrame, folder: Path) -> None:
    """Write objects.csv and, with the outlines, objects.gpkg.

    Args:
        frame: One row an object, as `match_objects` gives it.
        folder: Where the files go.
    """
    columns = [name for name in frame.columns if name != "geometry"]
    rows = frame[columns].astype(object).where(frame[columns].notna(), None)
    write_table(folder / "objects.csv", columns, rows.to_dict("records"))
    # Ids of a reference may be words beside the map's numbers: one kind a column.
    drawn = frame.astype({name: str for name in ("id", "partner") if name in frame})
    with whole(folder / "objects.gpkg") as target:
        pyogrio.write_dataframe(drawn, target, driver="GPKG", layer="objects")


def write_lines(scores: LineScores, folder: Path) -> None:
    """Write lines.gpkg: the lines with what was found of them, the outlines with what meets one."""
    with whole(folder / "lines.gpkg") as target:
        pyogrio.write_dataframe(scores.lines, target, driver="GPKG", layer="lines")
        pyogrio.write_dataframe(
            scores.outlines, target, driver="GPKG", layer="outlines", geometry_type="Polygon"
        )


def _cell(value: object) -> object:
    """Return nothing for what is undefined, and yes or no as words."""
    if value is None or value != value:  # noqa: PLR0124 NaN is not itself
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return round(value, DIGITS) if isinstance(value, float) else value
