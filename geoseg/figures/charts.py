"""Counts and curves of a run -> plotly figures, small enough to send: everything is binned."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from geoseg.evaluation.counts import Confusion
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures.styles import CONFUSION_COLOURS, CONFUSION_WORDS, REFERENCE_COLOUR

INK, SOFT, ACCENT = "#1d2b26", "#9aa5b1", "#0b6e4f"
HEIGHT = 320
HISTOGRAM_BINS = 50
SHOWN_POINTS = 100


def metric_bars(
    metrics: Mapping[str, float | None], words: Mapping[str, tuple[str, str]]
) -> go.Figure:
    """Draw scores as bars; an undefined one has no bar and says so.

    Args:
        metrics: Name -> value, as in metrics.json.
        words: Name -> title, meaning; decides order and choice.
    """
    names = [name for name in words if name in metrics]
    values = [metrics[name] for name in names]
    texts = [score_text(value) for value in values]
    figure = go.Figure(
        go.Bar(
            x=[0 if value is None else value for value in values],
            y=[words[name][0] for name in names],
            text=texts,
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            marker_color=ACCENT,
            customdata=[_folded(words[name][1]) for name in names],
            hovertemplate="<b>%{y} %{text}</b><br>%{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(range=[min([0, *(v for v in values if v)]), 1.08], tickvals=[0, 0.5, 1])
    figure.update_yaxes(autorange="reversed")
    return laid_out(figure)


def score_text(value: float | None) -> str:
    """Return a score with two digits; more where it would look perfect without being so."""
    if value is None:
        return "undefined"
    almost_perfect = value < 1 and round(value, 2) == 1
    return f"{math.floor(value * 1000) / 1000:.3f}" if almost_perfect else f"{value:.2f}"


def precision_recall(curve: ScoreHistogram, threshold: float) -> go.Figure:
    """Draw precision against recall over all thresholds, with the run's threshold marked."""
    every = curve.pr_curve()
    step = slice(None, None, max(1, curve.BINS // SHOWN_POINTS))
    figure = go.Figure(
        go.Scatter(
            x=every.recall[step],
            y=every.precision[step],
            mode="lines",
            line={"color": ACCENT, "width": 2},
            customdata=every.thresholds[step],
            hovertemplate="from %{customdata:.2f}: precision %{y:.0%}, recall %{x:.0%}"
            "<extra></extra>",
        )
    )
    here = curve.confusion_at(threshold).metrics()
    mark(figure, here["recall"], here["precision"], f"threshold {threshold:.2f}")
    figure.update_xaxes(title="Recall: found of all there is", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title="Precision: right among found", range=[0, 1.05], tickformat=".0%")
    return laid_out(figure)


def f1_by_threshold(curve: ScoreHistogram, threshold: float) -> go.Figure:
    """Draw precision, recall and F1 against the threshold, with the run's threshold marked."""
    every = curve.pr_curve()
    step = slice(None, None, max(1, curve.BINS // SHOWN_POINTS))
    lines = (
        ("F1", every.f1, {"color": ACCENT, "width": 3}),
        ("Precision", every.precision, {"color": "#b35806", "width": 1.5, "dash": "dot"}),
        ("Recall", every.recall, {"color": "#542788", "width": 1.5, "dash": "dash"}),
    )
    figure = go.Figure(
        [
            go.Scatter(
                x=every.thresholds[step],
                y=values[step],
                name=name,
                mode="lines",
                line=line,
                hovertemplate=f"from %{{x:.2f}}: {name} %{{y:.2f}}<extra></extra>",
            )
            for name, values, line in lines
        ]
    )
    figure.add_vline(x=threshold, line_dash="dot", line_color=INK)
    figure.update_xaxes(title="Threshold", range=[0, 1])
    figure.update_yaxes(title="Score", range=[0, 1.05])
    return laid_out(figure, legend=True)


def reliability(curve: ScoreHistogram, bins: int = 10) -> go.Figure:
    """Draw how often the feature is really there against the probability that was said."""
    held = curve.reliability(bins)
    figure = go.Figure(
        [
            go.Scatter(
                x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip",
                line={"color": SOFT, "dash": "dash"},
            ),
            go.Scatter(
                x=held.predicted,
                y=held.observed,
                mode="lines+markers",
                line={"color": ACCENT},
                customdata=held.pixels,
                hovertemplate="the map says %{x:.0%}, true for %{y:.0%} of %{customdata:,} pixels"
                "<extra></extra>",
            ),
        ]
    )  # fmt: skip
    figure.update_xaxes(title="Probability on the map", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title="Really there", range=[0, 1.02], tickformat=".0%")
    return laid_out(figure)


def confusion_matrix(counts: Confusion, feature: str) -> go.Figure:
    """Draw the four counts as a table, reference in rows, map in columns.

    Args:
        counts: Pooled pixels.
        feature: What is mapped, singular.
    """
    cells = [[counts.tp, counts.fn], [counts.fp, counts.tn]]
    places = ((1, 0, 0), (3, 1, 0), (2, 0, 1), (4, 1, 1))
    columns, rows = [f"map: {feature}", "map: none"], [f"reference: {feature}", "reference: none"]
    figure = go.Figure()
    for value, column, row in places:
        figure.add_shape(
            type="rect", x0=column - 0.5, x1=column + 0.5, y0=row - 0.5, y1=row + 0.5,
            fillcolor=CONFUSION_COLOURS[value], opacity=0.3, line_width=2, line_color="white",
        )  # fmt: skip
    figure.add_trace(
        go.Scatter(
            x=[column for _, column, _ in places],
            y=[row for _, _, row in places],
            mode="text",
            text=[f"<b>{cells[row][column]:,}</b>" for _, column, row in places],
            textfont={"size": 18, "color": INK},
            hovertext=[CONFUSION_WORDS[value] for value, _, _ in places],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    )
    figure.update_xaxes(tickvals=[0, 1], ticktext=columns, side="top", range=[-0.5, 1.5])
    figure.update_yaxes(tickvals=[0, 1], ticktext=rows, range=[1.5, -0.5])
    figure.update_xaxes(showgrid=False, zeroline=False)
    figure.update_yaxes(showgrid=False, zeroline=False)
    return laid_out(figure)


def probability_histogram(curve: ScoreHistogram, threshold: float, feature: str) -> go.Figure:
    """Draw how many pixels got which probability, apart for feature and background.

    The vertical axis is logarithmic: sure background outnumbers everything else by far.
    """
    wide = curve.BINS // HISTOGRAM_BINS
    centres = (np.arange(HISTOGRAM_BINS) + 0.5) / HISTOGRAM_BINS
    groups = (
        ("not in the reference", curve.negative, SOFT),
        (f"{feature} in the reference", curve.positive, REFERENCE_COLOUR),
    )
    figure = go.Figure(
        [
            go.Bar(
                x=centres,
                y=counts.reshape(HISTOGRAM_BINS, wide).sum(axis=1),
                name=name,
                marker_color=colour,
                hovertemplate="probability %{x:.2f}: %{y:,} pixels<extra>" + name + "</extra>",
            )
            for name, counts, colour in groups
        ]
    )
    figure.add_vline(x=threshold, line_dash="dot", line_color=INK)
    figure.update_layout(barmode="overlay", bargap=0.02)
    figure.update_traces(opacity=0.8)
    figure.update_xaxes(title="Probability", range=[0, 1])
    figure.update_yaxes(title="Pixels", type="log", dtick=1, tickformat="~s")
    return laid_out(figure, legend=True)


def mark(figure: go.Figure, x: float | None, y: float | None, text: str) -> None:
    """Put a named dot at a place; nothing where the place is undefined."""
    if x is None or y is None:
        return
    figure.add_trace(
        go.Scatter(
            x=[x], y=[y], mode="markers+text", text=[text], textposition="bottom left",
            marker={"size": 11, "color": INK}, hoverinfo="skip",
        )
    )  # fmt: skip


def laid_out(figure: go.Figure, legend: bool = False) -> go.Figure:
    """Give every chart the same quiet frame."""
    figure.update_layout(
        height=HEIGHT,
        margin={"l": 10, "r": 20, "t": 30, "b": 10},
        showlegend=legend,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
        dragmode=False,
        plot_bgcolor="white",
        font={"color": INK},
    )
    figure.update_xaxes(automargin=True, fixedrange=True, gridcolor="#eceff2")
    figure.update_yaxes(automargin=True, fixedrange=True, gridcolor="#eceff2")
    return figure


def _folded(text: str, width: int = 60) -> str:
    """Break a long hover text into lines."""
    lines: Sequence[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > width:
            lines = [*lines, ""]
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()]
    return "<br>".join(lines)
