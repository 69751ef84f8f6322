"""Rankings -> plotly figures: F1 by ensemble size, performance diagram, effects, ensembles compared."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import plotly.graph_objects as go

from geoseg.errors import DiskError
from geoseg.figures.charts import ACCENT, INK, SOFT, laid_out
from geoseg.ranking.results import Effects, Ranking, Score, Variant
from geoseg.ranking.tables import variant_words

COLOURS = ("#0b6e4f", "#b35806", "#542788", "#2166ac", "#d6604d", "#4d4d4d")
SHADE = 0.14
ISOLINES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
BIASES = (0.3, 0.5, 0.8, 1.0, 1.3, 2.0, 4.0)
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "star", "cross")
TALL = 460
ROW = 26


def f1_by_size(rankings: Mapping[str, Ranking]) -> go.Figure:
    """Draw F1 of the mean of the best K for every K, with 95 % intervals (Article V, Figure 6).

    Args:
        rankings: Title of a setting -> its ranking.
    """
    figure = go.Figure()
    for (title, ranking), colour in zip(
        rankings.items(), cycled(COLOURS, len(rankings)), strict=True
    ):
        points = [(row.size, score) for row in ranking.sizes if (score := judged(ranking, row))]
        sizes = [size for size, _ in points]
        low, high = [s.low for _, s in points], [s.high for _, s in points]
        figure.add_trace(
            go.Scatter(
                x=[*sizes, *sizes[::-1]], y=[*high, *low[::-1]], fill="toself", mode="none",
                fillcolor=_faint(colour), hoverinfo="skip", showlegend=False,
            )
        )  # fmt: skip
        figure.add_trace(
            go.Scatter(
                x=sizes,
                y=[score.f1 for _, score in points],
                name=title,
                mode="lines+markers",
                marker={"size": 4},
                line={"color": colour, "width": 2},
                customdata=[[s.low, s.high] for _, s in points],
                hovertemplate=f"{title}, best %{{x}}: F1 %{{y:.3f}} "
                "(%{customdata[0]:.3f} to %{customdata[1]:.3f})<extra></extra>",
            )
        )
    figure.update_xaxes(title="Ensemble size K: the best K networks averaged", rangemode="tozero")
    figure.update_yaxes(title="F1")
    return laid_out(figure, legend=True).update_layout(height=TALL)


def performance_diagram(rankings: Mapping[str, Ranking]) -> go.Figure:
    """Draw precision and recall with lines of equal F1 and of equal bias (Article V, Figure 5).

    After Roebber (2009), doi:10.1175/2008WAF2222159.1: on the diagonal the map shows as much of
    the feature as there is, above it too much, below it too little.
    """
    figure = diagram_frame()
    for (title, ranking), colour in zip(
        rankings.items(), cycled(COLOURS, len(rankings)), strict=True
    ):
        rows = [row for row in ranking.improvements if row.score.precision is not None]
        labels = ["single best" if row.size == 1 else f"best {row.size}" for row in rows]
        figure.add_trace(
            go.Scatter(
                x=[row.score.precision for row in rows],
                y=[row.score.recall for row in rows],
                name=title,
                mode="markers",
                marker={
                    "color": colour,
                    "size": 11,
                    "symbol": cycled(SYMBOLS, len(rows)),
                    "line": {"color": "white", "width": 1},
                },
                customdata=[[label, row.score.f1] for label, row in zip(labels, rows, strict=True)],
                hovertemplate=f"{title}, %{{customdata[0]}}: precision %{{x:.2f}}, recall "
                "%{y:.2f}, F1 %{customdata[1]:.3f}<extra></extra>",
            )
        )
    return figure


def diagram_frame() -> go.Figure:
    """Return an empty performance diagram: axes, lines of equal F1 and of equal bias."""
    figure = go.Figure([*_isolines(), *_bias_lines()])
    _name_lines(figure)
    figure.update_xaxes(title="Precision: right among found", range=[0, 1])
    figure.update_yaxes(title="Recall: found of all there is", range=[0, 1])
    return laid_out(figure, legend=True).update_layout(height=TALL, margin_r=50)


def effects_bars(effects: Effects) -> go.Figure:
    """Draw how far each architecture, loss and rate lifts or lowers F1, with 95 % intervals."""
    figure = go.Figure()
    for factor, colour in zip(effects.factors, cycled(COLOURS, len(effects.factors)), strict=True):
        levels = sorted(factor.levels, key=lambda level: -level.effect)
        figure.add_trace(
            go.Scatter(
                x=[level.effect for level in levels],
                y=[f"{factor.name} {level.level}" for level in levels],
                name=f"{factor.name}: {factor.share:.0%} of the differences",
                mode="markers",
                marker={"color": colour, "size": 9},
                error_x=_bars(
                    [level.effect for level in levels],
                    [level.low for level in levels],
                    [level.high for level in levels],
                ),
                customdata=[level.members for level in levels],
                hovertemplate="%{y}: F1 %{x:+.3f} against the mean, %{customdata} networks"
                "<extra></extra>",
            )
        )
    figure.add_vline(x=0, line_color=SOFT)
    figure.update_xaxes(title="Difference of F1 from the mean", tickformat="+.3~f")
    figure.update_yaxes(autorange="reversed")
    rows = sum(len(factor.levels) for factor in effects.factors)
    return laid_out(figure, legend=True).update_layout(height=140 + ROW * rows)


def ensembles_compared(ranking: Ranking, variants: Sequence[Variant]) -> go.Figure:
    """Draw how far F1 of ways to put members together is from the baseline's, the best on top.

    The bars are 95 % intervals of the difference, on the same squares for both: where one does not
    cross the line, it is surely above or below. Intervals of each F1 alone would not tell that.
    """
    known = [row for row in variants if row.gain.value is not None]
    rows = sorted(known, key=lambda row: row.gain.value or 0)
    gains = [row.gain for row in rows]
    figure = go.Figure(
        go.Scatter(
            x=[gain.value for gain in gains],
            y=[variant_words(row) for row in rows],
            mode="markers",
            marker={"color": [_judged_colour(row) for row in rows], "size": 9},
            error_x=_bars(
                [gain.value for gain in gains],
                [gain.low for gain in gains],
                [gain.high for gain in gains],
            ),
            customdata=[[row.members, row.score.f1, row.score.low or 0, row.score.high or 0,
                         row.gain.low or 0, row.gain.high or 0] for row in rows],
            hovertemplate="%{y}: %{x:+.3f} (%{customdata[4]:+.3f} to %{customdata[5]:+.3f}) "
            f"against the {ranking.baseline}<br>"
            "F1 %{customdata[1]:.3f} (%{customdata[2]:.3f} to %{customdata[3]:.3f}), "
            "%{customdata[0]} networks<extra></extra>",
        )
    )  # fmt: skip
    figure.add_vline(x=0, line_dash="dot", line_color=INK)
    figure.update_xaxes(title=f"Difference of F1 from the {ranking.baseline}", tickformat="+.3~f")
    return laid_out(figure).update_layout(height=100 + ROW * len(rows))


def write_figures(ranking: Ranking, folder: Path) -> list[Path]:
    """Write every figure of a ranking as a web page that needs no internet; return their paths.

    Raises:
        DiskError: The folder cannot be written.
    """
    one = {ranking.setting_title: ranking}
    figures = {
        "f1_by_size": f1_by_size(one),
        "performance_diagram": performance_diagram(one),
        "ensembles_compared": ensembles_compared(ranking, ranking.variants),
        **{f"effects_{own.part}": effects_bars(own) for own in ranking.effects},
    }
    paths = [folder / f"{name}.html" for name in figures]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, figure in zip(paths, figures.values(), strict=True):
            # One copy of the library beside the pages serves them all.
            figure.write_html(path, include_plotlyjs="directory")
    except OSError as error:
        raise DiskError(
            f"{folder} cannot be written ({(error.strerror or str(error)).lower()}); choose a "
            "folder you may write to"
        ) from error
    return paths


def judged(ranking: Ranking, row: object) -> Score | None:
    """Return a row's score on the part the ranking is judged on."""
    score: Score | None = getattr(row, ranking.judged_on)
    return score


def _judged_colour(row: Variant) -> str:
    """Green where surely better than the baseline, red where surely worse."""
    if row.gain.is_above:
        return ACCENT
    return "#b2182b" if row.gain.is_below else SOFT


def _isolines() -> list[go.Scatter]:
    """Return lines of equal F1: recall that a precision needs."""
    lines = []
    for f1 in ISOLINES:
        precision = np.geomspace(f1 / (2 - f1), 1, 60)
        recall = f1 * precision / (2 * precision - f1)
        lines.append(_line(precision, recall, "solid"))
    return lines


def _bias_lines() -> list[go.Scatter]:
    """Return dashed lines of equal bias: recall over precision."""
    ends = [min(1.0, 1 / bias) for bias in BIASES]
    return [
        _line(np.array([0, end]), np.array([0, end * bias]), "dash")
        for end, bias in zip(ends, BIASES, strict=True)
    ]


def _line(x: np.ndarray, y: np.ndarray, dash: str) -> go.Scatter:
    return go.Scatter(
        x=x, y=y, mode="lines", hoverinfo="skip", showlegend=False,
        line={"color": "#cfd6dc", "width": 1, "dash": dash},
    )  # fmt: skip


def _name_lines(figure: go.Figure) -> None:
    for f1 in ISOLINES:
        figure.add_annotation(
            x=1, y=f1 / (2 - f1), text=f"F1 {f1:g}", showarrow=False, xanchor="left",
            yanchor="middle", font={"size": 10, "color": SOFT},
        )  # fmt: skip
    for bias in BIASES:
        x = min(1.0, 1 / bias)
        figure.add_annotation(
            x=x, y=x * bias, text=f"bias {bias:g}", showarrow=False, xanchor="right",
            yanchor="top" if bias > 1 else "bottom", font={"size": 10, "color": SOFT},
        )  # fmt: skip


def _bars(
    values: Sequence[float | None], low: Sequence[float | None], high: Sequence[float | None]
) -> dict[str, object]:
    """Return error bars that need not be even."""
    return {
        "type": "data",
        "symmetric": False,
        "array": [(h or 0) - (v or 0) for v, h in zip(values, high, strict=True)],
        "arrayminus": [(v or 0) - (b or 0) for v, b in zip(values, low, strict=True)],
        "thickness": 1,
        "width": 3,
    }


def cycled(choices: Sequence[str], count: int) -> list[str]:
    """Return so many choices, beginning anew where they end."""
    return [choices[place % len(choices)] for place in range(count)]


def _faint(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return f"rgba({red},{green},{blue},{SHADE})"
