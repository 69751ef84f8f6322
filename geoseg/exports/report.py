"""The folder of a run -> report.html: one page with pictures and words that needs nothing else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from jinja2 import Environment, PackageLoader, StrictUndefined

from geoseg.exports.disk import whole
from geoseg.exports.pictures import (
    Bytes,
    Frame,
    ground,
    paint,
    read_ids,
    read_values,
)
from geoseg.exports.record import Record, read_record
from geoseg.exports.words import (
    area_words,
    combination_words,
    count_words,
    error_words,
    metric_words,
    seconds_words,
)
from geoseg.figures.styles import CONFUSION_WORDS, style
from geoseg.grid import Grid
from geoseg.stack.stack import Layer
from geoseg.tasks import ClassLabel

NAME = "report.html"
TEMPLATE = "report.html.jinja"
LISTED_POLYGONS = 12
UNSURE_SPREAD = 0.2
"""Mean spread from which a polygon is called unsure."""

BAR_STEPS_M = [step * 10**power for power in range(7) for step in (1, 2, 5)]


def write_report(folder: Path, out: Path | None = None, *, layers: Sequence[Layer] = ()) -> Path:
    """Write the report of a finished run.

    Args:
        folder: Holds run.json and the products.
        out: The page; None takes report.html in the folder.
        layers: The bands of the run, where at hand: terrain or imagery goes under the maps.

    Raises:
        ExportError: The folder is not that of a finished run.
        DiskError: The disk is full or the folder is not writable.
    """
    record = read_record(folder)
    path = out or folder / NAME
    page = _environment().get_template(TEMPLATE).render(_context(folder, record, layers))
    with whole(path, len(page)) as target:
        target.write_text(page, encoding="utf-8")
    return path


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("geoseg.exports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _context(folder: Path, record: Record, layers: Sequence[Layer]) -> dict[str, Any]:
    """Return everything the template shows."""
    grid, feature = Grid.from_record(record["grid"]), record["feature"]
    metrics = record.get("metrics")
    return {
        "record": record,
        "title": record["title"] or f"{record['task']['title']} map",
        "feature": feature,
        "made": _date_words(record["created"]),
        "least_area": area_words(record["settings"]["min_area_m2"]),
        "answer": _answer(folder, record),
        "pictures": list(_pictures(folder, record, layers)),
        "scale_bar": _scale_bar(grid),
        "corners": [f"{value:.4f}" for value in grid.lonlat_bounds],
        "metrics": metric_words(metrics, feature) if metrics else [],
        "errors": error_words(metrics, record["pixel_area_m2"], feature) if metrics else [],
        "combination": combination_words(record),
        "polygons": _largest_polygons(folder),
        "members_simulated": any(member["simulated"] for member in record["members"]),
        "credits": _credits(record["members"]),
        "timings": {stage: seconds_words(time) for stage, time in record["timings_s"].items()},
    }


def _answer(folder: Path, record: Record) -> list[str]:
    """Say in a few sentences what was found, and how sure the members are."""
    feature, summary = record["feature"], record["summary"]
    table = _polygon_table(folder)
    count = len(table["area_m2"])
    least = record["settings"]["min_area_m2"]
    sentence = f"The map shows {count_words(count, feature)}"
    if count:
        total, largest = float(table["area_m2"].sum()), float(table["area_m2"].max())
        sentence += f", {area_words(total)} in all; the largest covers {area_words(largest)}"
    sentences = [f"{sentence}."]
    unsure = int((table["mean_sprd"] >= UNSURE_SPREAD).sum())
    if unsure and len(record["members"]) > 1:
        sentences.append(
            f"In {unsure:,} of them the networks disagree clearly (mean spread of {UNSURE_SPREAD} "
            "or more): look at these first."
        )
    if least:
        sentences.append(f"Patches below {area_words(least)} are left out of the outlines.")
    if summary["valid_share"] is not None:
        area = area_words(summary["valid_pixels"] * record["pixel_area_m2"])
        share = summary["valid_share"]
        sentences.append(f"{area} had data: {share:.0%} of the rectangle that was looked at.")
    return sentences


def _date_words(moment: str) -> str:
    """Turn '2026-11-22T17:05:11+00:00' into '22 November 2026, 17:05 UTC'."""
    time = datetime.fromisoformat(moment).astimezone(UTC)
    return f"{time.day} {time:%B %Y, %H:%M} UTC"


@dataclass(frozen=True)
class Picture:
    """One map of the page: its words, its image, its legend of (label, colour)."""

    title: str
    help: str
    source: str
    legend: list[tuple[str, str]]


def _pictures(folder: Path, record: Record, layers: Sequence[Layer]) -> Iterator[Picture]:
    """Draw the products that are there, the answer first."""
    frame = Frame.of(Grid.from_record(record["grid"]))
    labels = [ClassLabel(**label) for label in record["task"]["classes"]]
    classes = read_ids(folder / "classes.tif", frame, [c.id for c in labels if c.id], 0)
    base = ground(layers, frame)
    yield _picture("classes", classes, classes, base, labels)
    if (folder / "confusion.tif").exists():
        found, false, missed, left_out = CONFUSION_WORDS
        errors = read_ids(folder / "confusion.tif", frame, (found, false, missed), left_out)
        yield _picture("confusion", errors, classes, base, labels)
    for kind in ("probability", "spread"):
        values = read_values(folder / f"{kind}.tif", frame)
        yield _picture(kind, values, classes, base, labels)


def _picture(
    kind: str, values: Any, seen: Bytes, base: Bytes, labels: Sequence[ClassLabel]
) -> Picture:
    look = style(kind, labels)
    return Picture(look.title, look.help, paint(values, look, base, seen), look.legend)


def _scale_bar(grid: Grid) -> dict[str, Any]:
    """Return a round length of about a fifth of the map's width, and its share of the width."""
    width_m = grid.width * float(np.hypot(grid.transform.a, grid.transform.d))
    width_m *= grid.metres_per_unit
    length = max((step for step in BAR_STEPS_M if step <= width_m / 4), default=width_m / 4)
    words = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"  # noqa: PLR2004
    return {"words": words, "percent": round(100 * length / width_m, 2)}


def _polygon_table(folder: Path) -> dict[str, Any]:
    info, _, _, columns = pyogrio.raw.read(folder / "polygons.gpkg", read_geometry=False)
    return dict(zip(info["fields"], columns, strict=True))


def _largest_polygons(folder: Path) -> list[dict[str, str]]:
    """Return the largest polygons in words, with the place of a point inside them."""
    frame = pyogrio.read_dataframe(folder / "polygons.gpkg", max_features=LISTED_POLYGONS)
    if frame.empty:
        return []
    places = frame.representative_point().to_crs(4326)
    return [
        {
            "id": f"{row['id']}",
            "class": row["class"],
            "area": area_words(row["area_m2"]),
            "probability": f"{row['mean_prob']:.0%}",
            "spread": f"{row['mean_sprd']:.2f}",
            "place": f"{place.y:.5f}, {place.x:.5f}",
        }
        for (_, row), place in zip(frame.iterrows(), places, strict=True)
    ]


def _credits(members: Sequence[Record]) -> list[str]:
    """Return every licence and attribution of the members once."""
    lines = [
        f"{member['attribution'] or 'Author not stated'}: licence {member['licence']}"
        for member in members
    ]
    return list(dict.fromkeys(lines))
