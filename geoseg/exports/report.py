"""The folder of a run -> its report: one page, or the same as PDF, that needs nothing else."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from geoseg.errors import ExportError
from geoseg.evaluation.by_ground import leading
from geoseg.exports.disk import whole
from geoseg.exports.record import Record, read_record
from geoseg.exports.report_file import check_report
from geoseg.exports.report_findings import read_findings
from geoseg.exports.report_maps import pictures, scale_bar
from geoseg.exports.report_traps import trap_rows, trap_sentences
from geoseg.exports.words import (
    area_words,
    class_sizes,
    class_words,
    combination_words,
    count_words,
    error_words,
    ground_sentence,
    ground_table,
    metric_words,
    mixed_words,
    seconds_words,
    sureness_words,
)
from geoseg.grid import Grid
from geoseg.stack.ogr import pyogrio
from geoseg.stack.stack import Layer

NAME, PDF_NAME = "report.html", "report.pdf"
TEMPLATE = "report.html.jinja"
ENDINGS = (".html", ".pdf")
LISTED_POLYGONS = 12
UNSURE_SPREAD = 0.2
"""Mean spread from which a polygon is called unsure."""


def write_report(
    folder: Path,
    out: Path | None = None,
    *,
    layers: Sequence[Layer] = (),
    comparison: Path | None = None,
    traps: Record | None = None,
) -> Path:
    """Write the report of a finished run.

    Args:
        folder: Holds run.json and the products.
        out: The page, .html or .pdf; None takes report.html in the folder.
        layers: The bands of the run, where at hand: terrain or imagery goes under the maps.
        comparison: Folder of a finished comparison of the run, told in the report too.
        traps: From `trap_record`: which outlines lie in known traps; None takes what run.json says.

    Raises:
        ExportError: The folder is not that of a finished run, or `out` is of another kind.
        OutputError: `out` is a file that is no report, or the report of another run.
        DiskError: The disk is full or the folder is not writable.
    """
    path = out or folder / NAME
    if path.suffix.lower() not in ENDINGS:
        raise ExportError(f"the report is a page or a PDF, got {path.name}; name it .html or .pdf")
    if out is not None:
        check_report(out, folder)
    page = _page(folder, layers, comparison, traps)
    if path.suffix.lower() == ".pdf":
        from geoseg.exports.pdf import write_pdf

        return write_pdf(page, path)
    with whole(path, len(page)) as target:
        target.write_text(page, encoding="utf-8")
    return path


def _page(
    folder: Path, layers: Sequence[Layer], comparison: Path | None, traps: Record | None
) -> str:
    """Return the text of the page; its maps are inside it."""
    record = read_record(folder)
    marked = traps or record.get("traps")
    context = _context(folder, record, layers, comparison) | _trap_context(
        marked, record["feature"]
    )
    return _environment().get_template(TEMPLATE).render(context)


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("geoseg.exports", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _context(
    folder: Path, record: Record, layers: Sequence[Layer], comparison: Path | None
) -> dict[str, Any]:
    """Return everything the template shows."""
    grid, feature = Grid.from_record(record["grid"]), record["feature"]
    whole_map, table = record.get("metrics"), _polygon_table(folder)
    part, metrics = leading(whole_map) if whole_map else ("whole", None)
    return {
        "record": record,
        "title": record["title"] or f"{record['task']['title']} map",
        "feature": feature,
        "made": _date_words(record["created"]),
        "least_area": area_words(record["settings"]["min_area_m2"]),
        "answer": _answer(table, record),
        "pictures": list(pictures(folder, record, layers, comparison)),
        "scale_bar": scale_bar(grid),
        "corners": [f"{value:.4f}" for value in grid.lonlat_bounds],
        "metrics": metric_words(metrics, feature) if metrics else [],
        "errors": error_words(metrics, record["pixel_area_m2"], feature) if metrics else [],
        "classes": class_words(metrics) if metrics else [],
        "mixed": mixed_words(metrics) if metrics else [],
        "lead": part,
        "ground": ground_sentence(record),
        "grounds": ground_table(whole_map) if whole_map else [],
        "findings": read_findings(comparison, feature),
        "sureness": sureness_words(table["mean_prob"], table["area_m2"], feature),
        "combination": combination_words(record),
        "polygons": _largest_polygons(folder),
        "members_simulated": any(member["simulated"] for member in record["members"]),
        "credits": _credits(record["members"]),
        "timings": {stage: seconds_words(time) for stage, time in record["timings_s"].items()},
    }


def _trap_context(traps: Record | None, feature: str) -> dict[str, Any]:
    """Return what the template shows of known traps; nothing where they were not looked at."""
    if not traps:
        return {"traps": None, "trap_words": [], "trap_rows": []}
    return {
        "traps": traps,
        "trap_words": trap_sentences(traps, feature),
        "trap_rows": trap_rows(traps),
    }


def _answer(table: dict[str, Any], record: Record) -> list[str]:
    """Say in a few sentences what was found, and how sure the members are."""
    feature, summary = record["feature"], record["summary"]
    count = len(table["area_m2"])
    least = record["settings"]["min_area_m2"]
    sentence = f"The map shows {count_words(count, feature)}"
    if count:
        total, largest = float(table["area_m2"].sum()), float(table["area_m2"].max())
        sentence += (
            f", their outlines {area_words(total)} in all; the largest {area_words(largest)}"
        )
    by_class = class_sizes(table["class"], table["area_m2"])
    sentences = [f"{sentence}."]
    if by_class:
        sentences.append(f"Class by class: {', '.join(by_class)}.")
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
