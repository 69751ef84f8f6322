"""Bands here and in training, and what hiding each changes -> plotly figures."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from geoseg.figures.charts import ACCENT, INK, SOFT, laid_out
from geoseg.stack.band_check import USUAL_IN_STD, BandCheck

AGAINST = "#b35806"
"""Of a band that speaks against, or whose values depart."""
TRAINING_FILL = "rgba(11, 110, 79, 0.13)"
SMALL_HEIGHT = 170
BAR_HEIGHT, FRAME_HEIGHT = 30, 90

Row = Mapping[str, Any]


def band_histogram(check: BandCheck) -> go.Figure:
    """Draw the values of a band here, before the range in which most training values lay."""
    edges = np.asarray(check.edges)
    figure = go.Figure(
        go.Bar(
            x=(edges[1:] + edges[:-1]) / 2 if edges.size else [],
            y=check.shares,
            width=np.diff(edges) if edges.size else [],
            marker_color=AGAINST if check.odd else ACCENT,
            hovertemplate=f"about %{{x:.4g}} {check.unit}: %{{y:.1%}} of the pixels<extra></extra>",
        )
    )
    if check.usual is not None:
        reach = USUAL_IN_STD * check.std
        figure.add_vrect(
            x0=check.mean - reach, x1=check.mean + reach, fillcolor=TRAINING_FILL, line_width=0,
            layer="below",
        )  # fmt: skip
        figure.add_vline(x=check.mean, line_color=INK, line_dash="dot", line_width=1)
    figure.update_xaxes(title=check.unit or None, nticks=5)
    figure.update_yaxes(visible=False)
    figure.update_layout(bargap=0)
    return laid_out(figure).update_layout(height=SMALL_HEIGHT)


def importance(rows: Sequence[Row], measure: str = "fall", what: str = "") -> go.Figure:
    """Draw what is lost without each band, the most at the top, with the spread of the networks.

    Args:
        rows: Of an explanation, bands or kinds of evidence.
        measure: "fall" of the probability or "f1_fall"; rows where it is undefined are left out.
        what: Title of the axis.
    """
    known = [row for row in rows if row[measure] is not None]
    known = sorted(known, key=lambda row: float(row[measure]))
    values = [float(row[measure]) for row in known]
    spreads = [row[f"{measure}_spread"] or 0.0 for row in known]
    figure = go.Figure(
        go.Bar(
            x=values,
            y=[_called(row) for row in known],
            orientation="h",
            marker_color=[ACCENT if value >= 0 else AGAINST for value in values],
            error_x={"type": "data", "array": spreads, "color": SOFT, "thickness": 1.5, "width": 3},
            customdata=spreads,
            hovertemplate="without %{y}: lower by %{x:.3f}, the networks differ by "
            "%{customdata:.3f}<extra></extra>",
        )
    )
    figure.update_xaxes(title=what, zeroline=True, zerolinecolor=SOFT)
    figure.update_yaxes(automargin=True)
    height = FRAME_HEIGHT + BAR_HEIGHT * max(len(known), 2)
    return laid_out(figure).update_layout(height=height)


def _called(row: Row) -> str:
    return str(row["title"] if row["title"] == row["name"] else f"{row['title']} ({row['name']})")
