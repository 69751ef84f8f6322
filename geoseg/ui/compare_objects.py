"""Compare, view Objects: outlines found, missed, false; lines and points of a file as reference."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from geoseg.comparison.uploads import PointChoices
from geoseg.errors import GeosegError
from geoseg.evaluation.lines import LineSettings
from geoseg.exports.outline_words import outline_words
from geoseg.figures import charts, compare, compare_ground
from geoseg.figures.class_matrix import class_matrix
from geoseg.figures.compare_lines import lines_map
from geoseg.stack import kinds
from geoseg.stack.vector_formats import SHAPE_ENDINGS
from geoseg.tasks.words import split_words
from geoseg.ui import cached, object_rules, scores
from geoseg.ui.compare_choice import Chosen
from geoseg.ui.compare_map import OTHER_MAP
from geoseg.ui.map import show_map
from geoseg.ui.outline_layers import object_outlines, place_outlines
from geoseg.ui.reference_form import named_layer
from geoseg.ui.scenes import run_scene
from geoseg.ui.words import area as area_words
from geoseg.workspace import read_state, run_folder

QUIET = {"displayModeBar": False}
SHOWN_ROWS = 200
WAYS = {
    "outlines": ":material/category: Outlines",
    "lines": ":material/timeline: Lines of a file",
    "points": ":material/pin_drop: Points of a file",
}
COUNTED = {
    "overlap": "By any overlap",
    "iou": "By IoU",
}
ABOUT_COUNTED = (
    "By any overlap: an outline counts as found as soon as it shares ground with the other side. "
    "By IoU: the two must be one pair and cover each other well."
)
NOTHING = (
    "With a reference you would see here how many features were detected, missed or falsely "
    "mapped, by size, and how well their outlines run. Lines and points of a file work without one."
)
LINES = (
    "Mapped lines, such as the beds of ravines or scarps, say where a feature runs, not how wide it "
    "is. Two shares are told: of the lines' length, what lies inside outlines; of the mapped "
    "ground, what belongs to outlines that meet a line."
)
POINTS = (
    "Places visited in the field, with their class in a column. A point counts as right where the "
    "map holds its class within the tolerance, for its position may be off."
)
COLUMNS = {
    "id": "Outline", "side": "Side", "status": "Status", "area_m2": "Area, m²",
    "overlap_share": "Covered", "best_iou": "IoU", "mean_distance_m": "Distance, m",
}  # fmt: skip
CLASSES = (
    "Every class on its own: an outline counts as found only where it meets one of the same class, "
    "so that a mix-up of two classes is a missed and a false outline."
)
CLASS_COLUMNS = {
    "name": "Class", "detected": "Detected", "missed": "Missed", "confirmed": "Confirmed",
    "false": "False", "precision": "Precision", "recall": "Recall", "f1": "F1",
}  # fmt: skip
SCORED = ("precision", "recall", "f1")
POINT_CLASSES = (
    "Above, a point of the feature is right where the map shows the feature of any class. Here it is "
    "right only where the map holds its very class. User's accuracy: of the points mapped as the "
    "class, the share that is of it. Producer's accuracy: of the points of the class, the share "
    "that is mapped so."
)
Part = Mapping[str, Any]


def show(chosen: Chosen) -> None:
    """Draw the view."""
    way = st.segmented_control(
        "Compare with", list(WAYS), default="outlines", format_func=WAYS.__getitem__,
        required=True, label_visibility="collapsed", key="objects_way",
    )  # fmt: skip
    if way == "lines":
        _lines(chosen)
    elif way == "points":
        _points(chosen)
    else:
        _outlines(chosen)


def _outlines(chosen: Chosen) -> None:
    record = cached.comparison(chosen.comparison) if chosen.comparison else {}
    if chosen.comparison is None or not record.get("objects"):
        st.info("Still being compared ..." if scores.scored(chosen.run_id) else NOTHING)
        return
    objects, folder = object_rules.choose(chosen.run_id, record["objects"], chosen.comparison)
    how = st.segmented_control(
        "Counted", list(COUNTED), default="overlap", required=True, help=ABOUT_COUNTED,
        format_func=lambda key: _way_words(key, objects), key="objects_how",
    )  # fmt: skip
    _tiles(objects[how or "overlap"])
    for rule in objects.get("rules", ()):
        st.caption(f":material/rule: {rule[:1].upper()}{rule[1:]}.")
    for sentence in outline_words(record["boundary"], objects):
        st.markdown(sentence)
    _map(chosen, folder)
    left, right = st.columns(2, gap="medium")
    with left:
        _chart("How many, by size", compare_ground.object_counts(objects))
    with right:
        _chart("How much overlap is asked", compare_ground.objects_by_iou(objects))
    _chart("Scores over outlines, by size", compare_ground.by_group(objects["by_size"], "size"))
    _by_class(objects)
    for note in objects["notes"]:
        st.caption(f":material/info: {note}")
    _table(folder)


def _by_class(objects: Part) -> None:
    """Show what became of the outlines of every class, where the run maps several."""
    rows = objects.get("by_class")
    if not rows:
        return
    st.markdown("**Outlines of every class**", help=CLASSES)
    st.dataframe(
        [
            {
                title: charts.score_text(row[name]) if name in SCORED else row[name]
                for name, title in CLASS_COLUMNS.items()
            }
            for row in rows
        ],
        hide_index=True,
    )


def _way_words(key: str, objects: Part) -> str:
    least = f" of {objects['settings']['min_iou']:g} and more" if key == "iou" else ""
    return COUNTED[key] + least


def _tiles(counts: Part) -> None:
    """Show counts and scores over objects."""
    tiles = (
        ("Detected", f"{counts['detected']:,}", "Objects of the reference that were found."),
        ("Missed", f"{counts['missed']:,}", "Objects of the reference that were not found."),
        ("Confirmed", f"{counts['confirmed']:,}", "Mapped outlines that the reference confirms."),
        ("False", f"{counts['false']:,}", "Mapped outlines that it does not."),
        (
            "Precision, objects",
            charts.score_text(counts["precision"]),
            "Confirmed of all that were mapped; *Scores* counts pixels.",
        ),
        (
            "Recall, objects",
            charts.score_text(counts["recall"]),
            "Detected of all of the reference that count; *Scores* counts pixels.",
        ),
        (
            "F1, objects",
            charts.score_text(counts["f1"]),
            "Both in one number; not the F1 of the pixels.",
        ),
    )
    for column, (title, value, meaning) in zip(st.columns(len(tiles)), tiles, strict=True):
        column.metric(title, value, help=meaning, border=True)
    if counts["small"]:
        st.caption("So few outlines that the scores say little.")


def _map(chosen: Chosen, folder: Path) -> None:
    """Show the outlines of both sides on the map, coloured by what happened to them."""
    found = object_outlines(folder)
    if chosen.comparison:
        found += tuple(place_outlines(chosen.comparison))
    show_map(
        replace(run_scene(chosen.run_id, show=("reference", "classes")), vectors=found), height=480
    )


def _table(folder: Path) -> None:
    """List the outlines that need a look first: missed and false ones, the largest on top."""
    rows = cached.table(folder / "objects.csv")
    wrong = rows[rows["status"].isin(["missed", "false"])].sort_values("area_m2", ascending=False)
    st.markdown(f"**{len(wrong):,} outlines were missed or are false**, the largest first")
    shown = wrong.head(SHOWN_ROWS)[list(COLUMNS)].rename(columns=COLUMNS)
    decimals = {name: st.column_config.NumberColumn(format="%.2f") for name in ("Covered", "IoU")}
    whole = {name: st.column_config.NumberColumn(format="localized")
             for name in ("Area, m²", "Distance, m")}  # fmt: skip
    st.dataframe(shown, hide_index=True, width="stretch", column_config=decimals | whole)
    st.download_button(
        f"All {len(rows):,} outlines (CSV)", (folder / "objects.csv").read_bytes(),
        "objects.csv", "text/csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def _lines(chosen: Chosen) -> None:
    st.caption(LINES)
    file, grow, small = st.columns([2, 1, 1])
    given = file.file_uploader(
        "Lines", SHAPE_ENDINGS, help="In any coordinate system.", key="lines_file"
    )
    grown = grow.number_input(
        "Let outlines grow by, m", 0.0, 1000.0, 0.0, 5.0,
        help="Outlines that touch after growing become one, so that a line just beside counts.",
    )  # fmt: skip
    least = small.number_input(
        "Leave out below, m²", 0.0, None, 0.0, 500.0, help="Smaller outlines do not count."
    )
    if given is None:
        return
    settings = LineSettings(buffer_m=grown, min_area_m2=least)
    try:
        name = named_layer(given.name, given.getvalue(), kinds.LINES)
        found = cached.against_lines(
            run_folder(chosen.run_id), name, given.getvalue(), settings.to_json()
        )
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        return
    _show_lines(found.record())
    st.plotly_chart(lines_map(found.lines, found.outlines), config=QUIET, key="lines_map")


def _show_lines(found: Part) -> None:
    tiles = (
        ("Length found", _share(found["length_weighted_overlap"]),
         "Share of the lines' length that lies inside outlines."),
        ("Ground that meets a line", _share(found["coverage_of_intersecting"]),
         "Share of the mapped ground whose outlines meet a line."),
        ("Length", f"{found['length_m'] / 1000:,.1f} km", "Of all lines on the map."),
        ("Outlines that meet a line", f"{found['outlines_meeting']:,} of {found['outlines']:,}",
         "The others may be false alarms, or features nobody drew."),
        ("Mapped", area_words(found["area_m2"]), "Ground of all outlines."),
    )  # fmt: skip
    for column, (title, value, meaning) in zip(st.columns(len(tiles)), tiles, strict=True):
        column.metric(title, value, help=meaning, border=True)
    lines = found["lines"]
    st.caption(
        f"Lines wholly inside outlines: {lines['found']:,}; in part: {lines['in part']:,}; missed: "
        f"{lines['missed']:,}."
    )
    for note in found["notes"]:
        st.caption(f":material/info: {note}")


def _points(chosen: Chosen) -> None:
    st.caption(POINTS)
    file, column, words, far = st.columns([2, 1, 1, 1])
    given = file.file_uploader(
        "Points",
        [*SHAPE_ENDINGS, "csv"],
        help="In any coordinate system; a table (CSV) with lon and lat in degrees.",
        key="points_file",
    )
    named = column.text_input(
        "Column of the class", help="Empty takes a column called class, label or type."
    )
    feature = words.text_input(
        "Its classes that count",
        help="Words or numbers of that column, in any letters, several with commas. Empty takes the "
        "feature's name, or 1.",
    )
    tolerance = far.number_input(
        "Tolerance, m", 0.0, 1000.0, 10.0, 5.0, help="How far a point may lie from its class."
    )
    if given is None:
        return
    try:
        name = named_layer(given.name, given.getvalue(), kinds.POINTS)
        found = cached.against_points(
            run_folder(chosen.run_id), name, given.getvalue(),
            PointChoices(named.strip(), split_words(feature), tolerance, *_map_beside(chosen)),
        )  # fmt: skip
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        return
    _show_points(found)


def _map_beside(chosen: Chosen) -> tuple[Path | None, str]:
    """Return the class map that stands beside the run and its name; nothing where there is none."""
    if chosen.other_id:
        return run_folder(chosen.other_id) / "classes.tif", read_state(chosen.other_id).title
    if chosen.comparison is None or not (chosen.comparison / OTHER_MAP).is_file():
        return None, ""
    return chosen.comparison / OTHER_MAP, str(cached.comparison(chosen.comparison)["other"])


def _show_points(found: Part) -> None:
    """Show the error matrix at the point and within the tolerance, and the map beside there."""
    if found.get("paired"):
        said = [words[0].upper() + words[1:] for words in found["paired"]["words"]]
        st.info(". ".join(said), icon=":material/balance:")
    feature = found["feature"]
    parts = (("At the point", "at_point"), ("Within the tolerance", "within_tolerance"))
    for place, (title, key) in zip(st.columns(2, gap="medium"), parts, strict=True):
        part = found[key]
        classes = [
            {"class": name, "users": part["users"][side], "producers": part["producers"][side]}
            for name, side in ((feature, "feature"), (f"no {feature}", "background"))
        ]
        matrix = {**part, "feature": feature, "by_class": classes}
        with place:
            _chart(f"{title}, {found['points']:,} points", compare.error_matrix(matrix, "points"))
            st.caption(
                f"Sensitivity {_share(part['sensitivity'])}, specificity "
                f"{_share(part['specificity'])}, balanced accuracy "
                f"{_share(part['balanced_accuracy'])}."
            )
    _points_by_class(found, parts)
    for note in found["notes"]:
        st.caption(f":material/info: {note}")


def _points_by_class(found: Part, parts: Sequence[tuple[str, str]]) -> None:
    """Show which class is taken for which at the points, where they tell several apart."""
    if not found["at_point"].get("classes"):
        return
    st.markdown("**Every class**", help=POINT_CLASSES)
    for place, (title, key) in zip(st.columns(2, gap="medium"), parts, strict=True):
        with place:
            _chart(f"{title}, class by class", class_matrix(found[key]))
            st.caption(f"Macro F1 {charts.score_text(found[key]['macro_f1'])}.")


def _chart(title: str, figure: go.Figure) -> None:
    st.markdown(f"**{title}**")
    st.plotly_chart(figure, config=QUIET, key=title)


def _share(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1%}"
