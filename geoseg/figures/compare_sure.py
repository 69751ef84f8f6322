"""How sure a map is -> calibration before and after, selective accuracy, area with its interval."""

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

from geoseg.evaluation.counts import SMALL_POSITIVES
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures.charts import ACCENT, INK, SOFT, laid_out
from geoseg.figures.ranking import COLOURS, cycled

DOUBTS = {
    "spread": "disagreement of the networks",
    "entropy": "entropy",
    "mutual_information": "mutual information",
}
Part = Mapping[str, Any]


def calibration(curve: ScoreHistogram, temperature: float) -> go.Figure:
    """Draw what is really there against the probability, before and after one temperature.

    Args:
        curve: Pixels by probability.
        temperature: Above 1 makes the probability more cautious.
    """
    figure = go.Figure(
        go.Scatter(
            x=[0, 1], y=[0, 1], mode="lines", hoverinfo="skip", showlegend=False,
            line={"color": SOFT, "dash": "dash"},
        )
    )  # fmt: skip
    for name, histogram, colour in (
        ("as it is", curve, INK),
        (f"corrected, temperature {temperature:.2f}", curve.tempered(temperature), ACCENT),
    ):
        held = histogram.reliability()
        figure.add_trace(
            go.Scatter(
                x=held.predicted,
                y=held.observed,
                name=name,
                mode="lines+markers",
                line={"color": colour},
                customdata=held.pixels,
                hovertemplate="the map says %{x:.0%}, true for %{y:.0%} of %{customdata:,} pixels"
                "<extra></extra>",
            )
        )
    figure.update_xaxes(title="Probability", range=[0, 1.02], tickformat=".0%")
    figure.update_yaxes(title="Really there", range=[0, 1.02], tickformat=".0%")
    return laid_out(figure, legend=True)


def selective(curves: Part, metric: str = "f1") -> go.Figure:
    """Draw a score of the pixels kept as the most unsure are dropped, for every kind of doubt.

    Where hardly any of the feature is left among them, a score says nothing and is not drawn.

    Args:
        curves: Layer of doubt -> rows of kept share and scores.
        metric: Which score.
    """
    figure = go.Figure()
    for (name, rows), colour in zip(curves.items(), cycled(COLOURS, len(curves)), strict=True):
        known = [row for row in rows if row[metric] is not None and _holds_enough(row)]
        figure.add_trace(
            go.Scatter(
                x=[row["kept"] for row in known],
                y=[row[metric] for row in known],
                name=f"dropped by {DOUBTS.get(name, name)}",
                mode="lines+markers",
                marker={"size": 5},
                line={"color": colour, "width": 2},
                customdata=[[row["pixels"], row["uncertainty"]] for row in known],
                hovertemplate="%{x:.0%} of the pixels kept (%{customdata[0]:,}), doubt up to "
                "%{customdata[1]:.3f}: %{y:.3f}<extra></extra>",
            )
        )
    figure.update_xaxes(title="Share of the pixels kept", autorange="reversed", tickformat=".0%")
    figure.update_yaxes(title={"f1": "F1"}.get(metric, metric.capitalize()))
    return laid_out(figure, legend=True)


def area(estimate: Part, feature: str) -> go.Figure:
    """Draw the mapped area of the feature beside the corrected one with its interval.

    Args:
        estimate: An `AreaEstimate`'s record.
        feature: Name of the class.
    """
    row = next(row for row in estimate["classes"] if row["name"] == feature)
    corrected = row["area_m2"]
    figure = go.Figure(
        go.Bar(
            x=["as mapped", "corrected"],
            y=[row["mapped_m2"] / 1e6, (corrected["value"] or 0) / 1e6],
            marker_color=[SOFT, ACCENT],
            width=0.5,
            error_y=_error(corrected),
            hovertemplate="%{x}: %{y:.4g} km²<extra></extra>",
        )
    )
    figure.update_yaxes(title=f"Area of {feature}, km²", rangemode="tozero")
    return laid_out(figure)


def areas(estimate: Part) -> go.Figure:
    """Draw the mapped area of every feature class beside the corrected one with its interval.

    Args:
        estimate: An `AreaEstimate`'s record, the background first.
    """
    rows = estimate["classes"][1:]
    names = [row["name"] for row in rows]
    corrected = [row["area_m2"] for row in rows]
    figure = go.Figure(
        [
            go.Bar(
                x=names, y=[row["mapped_m2"] / 1e6 for row in rows],
                name="as mapped", marker_color=SOFT,
            ),
            go.Bar(
                x=names, y=[(one["value"] or 0) / 1e6 for one in corrected],
                name="corrected", marker_color=ACCENT, error_y=_errors(corrected),
            ),
        ]
    )  # fmt: skip
    figure.update_traces(hovertemplate="%{x}: %{y:.4g} km²<extra>%{fullData.name}</extra>")
    figure.update_layout(barmode="group", bargap=0.35)
    figure.update_yaxes(title="Area, km²", rangemode="tozero")
    return laid_out(figure, legend=True)


def _errors(corrected: Sequence[Part]) -> dict[str, object] | None:
    """Return the arms of several intervals; none where not all of them are known."""
    if any(one["low"] is None or one["value"] is None for one in corrected):
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [(one["high"] - one["value"]) / 1e6 for one in corrected],
        "arrayminus": [(one["value"] - one["low"]) / 1e6 for one in corrected],
        "color": INK,
    }


def _holds_enough(row: Part) -> bool:
    """Tell whether the pixels kept hold enough of the feature to score it."""
    return bool(row["tp"] + row["fn"] >= SMALL_POSITIVES)


def _error(corrected: Part) -> dict[str, object] | None:
    if corrected["low"] is None or corrected["value"] is None:
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": [0, (corrected["high"] - corrected["value"]) / 1e6],
        "arrayminus": [0, (corrected["value"] - corrected["low"]) / 1e6],
        "color": INK,
    }
