"""Scores by sub-area, kind of ground, size and overlap of objects -> bars, small groups faint."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from geoseg.figures.charts import ACCENT, INK, SOFT, laid_out, score_text
from geoseg.figures.ranking import ROW

METRICS = (
    ("f1", "F1", ACCENT),
    ("precision", "Precision", "#b35806"),
    ("recall", "Recall", "#542788"),
)
FAINT = 0.35
Part = Mapping[str, Any]


def by_group(rows: Sequence[Part], label: str = "name") -> go.Figure:
    """Draw F1, precision and recall of every group as bars; small groups are faint.

    Args:
        rows: Scores with a name, `small` and, where it is known, the pixels of the feature.
        label: Key of the name.
    """
    names = [f"{row[label]} (few)" if row.get("small") else str(row[label]) for row in rows]
    figure = go.Figure(
        [
            go.Bar(
                x=[row[metric] if row[metric] is not None else 0 for row in rows],
                y=names,
                name=title,
                orientation="h",
                marker={
                    "color": colour,
                    "opacity": [FAINT if row.get("small") else 1 for row in rows],
                },
                customdata=[[score_text(row[metric]), _size(row)] for row in rows],
                hovertemplate=f"%{{y}}: {title} %{{customdata[0]}}%{{customdata[1]}}<extra></extra>",
            )
            for metric, title, colour in METRICS
        ]
    )
    for place, row in enumerate(rows):
        if all(row[metric] is None for metric, _, _ in METRICS):
            figure.add_annotation(
                x=0, y=names[place], text="undefined", showarrow=False, xanchor="left",
                font={"color": SOFT, "size": 11},
            )  # fmt: skip
    figure.update_xaxes(range=[0, 1.02], tickvals=[0, 0.25, 0.5, 0.75, 1])
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(barmode="group", bargap=0.3)
    return laid_out(figure, legend=True).update_layout(height=110 + 2 * ROW * max(1, len(rows)))


def object_counts(objects: Part) -> go.Figure:
    """Draw how many objects of every size were detected, missed and falsely mapped."""
    rows = objects["by_size"]
    parts = (
        ("detected", "in the reference, found", "#1b9e5a"),
        ("missed", "in the reference, missed", "#1f5fd0"),
        ("confirmed", "mapped, confirmed", "#a6dba0"),
        ("false", "mapped, false alarm", "#d62728"),
    )
    figure = go.Figure(
        [
            go.Bar(
                x=[row["size"] for row in rows],
                y=[row[name] for row in rows],
                name=title,
                marker_color=colour,
                hovertemplate=f"%{{x}}: %{{y:,}} {title}<extra></extra>",
            )
            for name, title, colour in parts
        ]
    )
    figure.update_layout(barmode="group", bargap=0.25)
    figure.update_xaxes(title="Size of the outline")
    figure.update_yaxes(title="Outlines", rangemode="tozero")
    return laid_out(figure, legend=True)


def objects_by_iou(objects: Part) -> go.Figure:
    """Draw F1 over objects against the overlap (IoU) that is asked of a pair."""
    rows = [row for row in objects["iou_curve"] if row["f1"] is not None]
    figure = go.Figure(
        go.Scatter(
            x=[row["min_iou"] for row in rows],
            y=[row["f1"] for row in rows],
            mode="lines+markers",
            line={"color": ACCENT, "width": 2},
            hovertemplate="IoU of at least %{x:.2f}: F1 over objects %{y:.2f}<extra></extra>",
        )
    )
    figure.add_vline(x=objects["settings"]["min_iou"], line_dash="dot", line_color=INK)
    figure.update_xaxes(title="Overlap (IoU) that counts as a hit", range=[0, 1])
    figure.update_yaxes(title="F1 over objects", range=[0, 1.02])
    return laid_out(figure)


def _size(row: Part) -> str:
    """Say how much of the feature a group holds, where that is known."""
    return f", {row['positives']:,} pixels of the feature" if "positives" in row else ""
