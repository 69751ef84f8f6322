"""How often each mapped class met each true class -> a matrix with both accuracies."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from geoseg.figures.charts import INK, SOFT, laid_out, score_text

RIGHT, WRONG = "27, 158, 90", "214, 39, 40"
"""Red, green and blue of the cells on the diagonal and off it."""
FAINTEST = 0.08
ROW_PIXELS, HEAD_PIXELS = 74, 110
Part = Mapping[str, Any]


def class_matrix(record: Part) -> go.Figure:
    """Draw the pixels or points of every pair of classes, reference in rows, map in columns.

    A cell is the deeper, the larger its share of the reference's class; users' accuracy stands
    below the columns, producer's accuracy beside the rows.

    Args:
        record: With `classes` and `class_matrix` (mapped class, true class), as in metrics.json.
    """
    rows, matrix = record["classes"], record["class_matrix"]
    names, last = [row["name"] for row in rows], len(rows)
    figure = go.Figure()
    for mapped in range(last):
        for true in range(last):
            pixels, whole = matrix[mapped][true], sum(line[true] for line in matrix)
            _cell(figure, (mapped, true), pixels / whole if whole else 0)
    places = [(mapped, true) for true in range(last) for mapped in range(last)]
    figure.add_trace(
        go.Scatter(
            x=[mapped for mapped, _ in places],
            y=[true for _, true in places],
            mode="text",
            text=[f"<b>{matrix[mapped][true]:,}</b>" for mapped, true in places],
            textfont={"size": 15, "color": INK},
            hovertext=[_told(names[mapped], names[true]) for mapped, true in places],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    _margins(figure, rows)
    figure.update_xaxes(
        tickvals=list(range(last)), ticktext=[f"map:<br>{name}" for name in names],
        side="top", tickangle=0,
        range=[-0.5, last + 0.5], showgrid=False, zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(last)), ticktext=[f"reference: {name}" for name in names],
        range=[last + 0.1, -0.5], showgrid=False, zeroline=False,
    )  # fmt: skip
    return laid_out(figure).update_layout(height=HEAD_PIXELS + ROW_PIXELS * last)


def _cell(figure: go.Figure, place: tuple[int, int], share: float) -> None:
    mapped, true = place
    colour = RIGHT if mapped == true else WRONG
    figure.add_shape(
        type="rect", x0=mapped - 0.5, x1=mapped + 0.5, y0=true - 0.5, y1=true + 0.5,
        fillcolor=f"rgba({colour}, {FAINTEST + 0.5 * share:.2f})",
        line={"width": 2, "color": "white"}, layer="below",
    )  # fmt: skip


def _margins(figure: go.Figure, rows: Sequence[Part]) -> None:
    """Write user's accuracy (precision) below every column, producer's (recall) beside every row."""
    last = len(rows)
    words = ("user's accuracy<br>", "producer's<br>accuracy ")
    cells: list[tuple[float, float, str, float | None]] = [
        (place, last - 0.22, words[0], row["precision"]) for place, row in enumerate(rows)
    ]
    cells += [(last - 0.02, place, words[1], row["recall"]) for place, row in enumerate(rows)]
    for column, line, word, value in cells:
        figure.add_annotation(
            x=column, y=line, showarrow=False, font={"size": 12, "color": INK if value else SOFT},
            text=f"{word}<b>{score_text(value)}</b>",
        )  # fmt: skip


def _told(mapped: str, true: str) -> str:
    if mapped == true:
        return f"{true}: right"
    return f"mapped as {mapped}, in the reference {true}"
