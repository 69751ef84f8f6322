"""Lines beside the outlines of a map -> which lie inside, which outlines meet one (Article VI)."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
import shapely
from shapely.geometry.base import BaseGeometry

from geoseg.figures.charts import laid_out
from geoseg.figures.ranking import TALL

FOUND, PART, WRONG = "#2166ac", "#e08214", "#d62728"
LINE_COLOURS = {"found": FOUND, "in part": PART, "missed": WRONG}
OUTLINE_COLOURS = {"meets a line": FOUND, "false": WRONG}
MOST_CORNERS = 100_000
"""More would make the page slow; outlines are drawn simpler then."""


def lines_map(lines: Any, outlines: Any) -> go.Figure:
    """Draw lines over outlines, blue where they meet, red where one side is alone.

    Args:
        lines: Frame with `status` found, in part or missed, in a projected CRS.
        outlines: Frame with `status` meets a line or false, in the same CRS.
    """
    figure = go.Figure()
    step = _step(outlines)
    for status, colour in OUTLINE_COLOURS.items():
        shapes = outlines.geometry[outlines["status"] == status]
        x, y = _drawn([part for shape in shapes for part in _rings(shape, step)])
        figure.add_trace(
            go.Scatter(
                x=x, y=y, fill="toself", mode="lines", hoverinfo="skip",
                line={"color": colour, "width": 0.6}, name=f"outline, {status} ({len(shapes):,})",
            )
        )  # fmt: skip
    for status, colour in LINE_COLOURS.items():
        shapes = lines.geometry[lines["status"] == status]
        x, y = _drawn([part for shape in shapes for part in shapely.get_parts(shape)])
        figure.add_trace(
            go.Scatter(
                x=x, y=y, mode="lines", hoverinfo="skip", line={"color": colour, "width": 2.5},
                name=f"line, {status} ({len(shapes):,})",
            )
        )  # fmt: skip
    figure.update_xaxes(visible=False)
    figure.update_yaxes(visible=False, scaleanchor="x")
    return laid_out(figure, legend=True).update_layout(height=TALL)


def _step(outlines: Any) -> float:
    """Return how far outlines may be simplified, in the CRS's unit."""
    corners = int(shapely.get_num_coordinates(outlines.geometry.array).sum())
    if corners <= MOST_CORNERS:
        return 0.0
    left, bottom, right, top = outlines.total_bounds
    return float(max(right - left, top - bottom) / 1000)


def _rings(shape: BaseGeometry, step: float) -> Iterator[BaseGeometry]:
    """Yield the outer rings of an outline."""
    simple = shape.simplify(step) if step else shape
    for part in shapely.get_parts(simple):
        yield part.exterior


def _drawn(parts: Sequence[BaseGeometry]) -> tuple[list[float | None], list[float | None]]:
    """Return all corners in a row, with a gap after every part."""
    x: list[float | None] = []
    y: list[float | None] = []
    for part in parts:
        corners = np.round(shapely.get_coordinates(part), 1)
        x += [*corners[:, 0].tolist(), None]
        y += [*corners[:, 1].tolist(), None]
    return x, y
