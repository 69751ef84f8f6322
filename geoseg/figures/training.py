"""Validations of members in training -> live curves of score and loss against steps."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from geoseg.figures.charts import INK, SOFT, laid_out

COLOURS = (
    "#0b6e4f", "#b35806", "#542788", "#2166ac", "#b2182b", "#878700", "#01665e", "#8c510a",
    "#c51b7d", "#4d4d4d",
)  # fmt: skip
MOST_COLOURED = len(COLOURS)
"""With more members only the best are coloured and named; the others stay grey."""
Histories = Mapping[str, Sequence[Mapping[str, float]]]


def score_curves(histories: Histories) -> go.Figure:
    """Draw the validation F1 of every member against its steps, the best point marked.

    Args:
        histories: Member -> its validations, each with step and f1.
    """
    figure = go.Figure()
    for name, colour in _coloured(histories).items():
        rows = histories[name]
        figure.add_trace(_line(name, rows, "f1", colour))
        if colour != SOFT:
            figure.add_trace(_best(name, rows, colour))
    figure.update_yaxes(title="Validation F1", range=[0, 1.02])
    return _framed(figure)


def loss_curves(histories: Histories) -> go.Figure:
    """Draw the loss of every member against its steps: whole on training, dotted on validation.

    Args:
        histories: Member -> its validations, each with step, loss and validation_loss.
    """
    figure = go.Figure()
    for name, colour in _coloured(histories).items():
        rows = histories[name]
        figure.add_trace(_line(name, rows, "loss", colour))
        if colour != SOFT:
            checked = _line(f"{name} on checking ground", rows, "validation_loss", colour)
            figure.add_trace(checked.update(line_dash="dot", showlegend=False))
    figure.update_yaxes(title="Loss: whole learning, dotted checking", rangemode="tozero")
    return _framed(figure)


def _coloured(histories: Histories) -> dict[str, str]:
    """Return members and colours, grey ones first so that the coloured lie on top."""
    named = sorted((name for name, rows in histories.items() if rows), key=lambda n: _top(
        histories[n]), reverse=True)  # fmt: skip
    if len(named) <= MOST_COLOURED:
        return dict(zip(sorted(named), COLOURS, strict=False))
    best = dict(zip(named, COLOURS, strict=False))
    return {name: SOFT for name in named if name not in best} | best


def _top(rows: Sequence[Mapping[str, float]]) -> float:
    return max((row["f1"] for row in rows), default=0.0)


def _line(name: str, rows: Sequence[Mapping[str, float]], value: str, colour: str) -> go.Scatter:
    return go.Scatter(
        x=[row["step"] for row in rows],
        y=[row.get(value) for row in rows],
        name=name,
        mode="lines+markers",
        line={"color": colour, "width": 1 if colour == SOFT else 2},
        marker={"size": 4},
        showlegend=colour != SOFT,
        hovertemplate=f"{name}<br>step %{{x:,}}: %{{y:.3f}}<extra></extra>",
    )


def _best(name: str, rows: Sequence[Mapping[str, float]], colour: str) -> go.Scatter:
    best = max(rows, key=lambda row: row["f1"])
    return go.Scatter(
        x=[best["step"]],
        y=[best["f1"]],
        mode="markers",
        marker={"size": 11, "color": colour, "symbol": "star", "line": {"color": INK, "width": 1}},
        showlegend=False,
        hovertemplate=f"best of {name}: %{{y:.3f}} at step %{{x:,}}<extra></extra>",
    )


def _framed(figure: go.Figure) -> go.Figure:
    figure.update_xaxes(title="Steps", rangemode="tozero")
    return laid_out(figure, legend=True)
