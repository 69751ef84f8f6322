"""A comparison's record -> its figures: diagram, sizes, curves with the best threshold, colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from geoseg.evaluation.by_ground import leading
from geoseg.evaluation.counts import Confusion
from geoseg.evaluation.curves import ScoreHistogram
from geoseg.figures import charts
from geoseg.figures.charts import ACCENT, INK, SOFT, laid_out
from geoseg.figures.ranking import COLOURS, SYMBOLS, cycled, diagram_frame
from geoseg.figures.styles import DIFFERENCE_COLOURS, SEVEN_COLOURS

SHOWN_SIZES = (1, 10, 20, 40)
"""Ensemble sizes of the diagram, where they are there."""
Part = Mapping[str, Any]


@dataclass(frozen=True)
class Placed:
    """One map in the performance diagram; undefined scores leave it out."""

    name: str
    group: str
    precision: float | None
    recall: float | None
    f1: float | None

    @property
    def is_defined(self) -> bool:
        """Tell whether the map has a place in the diagram."""
        return self.precision is not None and self.recall is not None

    @classmethod
    def of(cls, name: str, group: str, scores: Part) -> "Placed":
        """Take the scores of a record."""
        return cls(name, group, scores["precision"], scores["recall"], scores["f1"])


def performance_diagram(places: Sequence[Placed]) -> go.Figure:
    """Draw maps by precision and recall over lines of equal F1 and equal bias.

    After Roebber (2009), doi:10.1175/2008WAF2222159.1; the maps of a group share a colour.
    """
    figure = diagram_frame()
    groups = list(dict.fromkeys(place.group for place in places))
    for group, colour in zip(groups, cycled(COLOURS, len(groups)), strict=True):
        rows = [place for place in places if place.group == group and place.is_defined]
        # Few maps are named one by one in the legend; many share an entry and are told on hovering.
        parts = [[row] for row in rows] if len(rows) <= len(SYMBOLS) else [rows]
        for part, symbol in zip(parts, cycled(SYMBOLS, len(parts)), strict=True):
            figure.add_trace(_dots(part, colour, symbol))
    return figure


def _dots(rows: Sequence[Placed], colour: str, symbol: str) -> go.Scatter:
    """Return maps of one look in the diagram."""
    return go.Scatter(
        x=[row.precision for row in rows],
        y=[row.recall for row in rows],
        name=rows[0].name if len(rows) == 1 else rows[0].group,
        mode="markers",
        marker={
            "color": colour, "size": 11, "symbol": symbol, "opacity": 0.9,
            "line": {"color": "white", "width": 1},
        },
        customdata=[[row.name, charts.score_text(row.f1)] for row in rows],
        hovertemplate="%{customdata[0]}: precision %{x:.2f}, recall %{y:.2f}, "
        "F1 %{customdata[1]}<extra></extra>",
    )  # fmt: skip


def places_of(record: Part) -> list[Placed]:
    """Return the maps of a comparison that stand in the diagram."""
    sizes = record.get("ensemble_sizes") or {"sizes": []}
    places = [
        Placed.of("single best" if row["k"] == 1 else f"best {row['k']}", "ensemble size", row)
        for row in sizes["sizes"]
        if row["k"] in SHOWN_SIZES
    ]
    places.append(Placed.of(record["run"], "this run", leading(record)[1]))
    if beside := record.get("run_vs_run"):
        scores = (beside.get("unseen") or beside)["second_scores"]
        places.append(Placed.of(record["other"], "other run", scores))
    return places


def f1_by_size(sizes: Part) -> go.Figure:
    """Draw F1 on this ground for every ensemble size, and of every member alone (Figure 6)."""
    rows = [row for row in sizes["sizes"] if row["f1"] is not None]
    alone = [(place, row) for place, row in enumerate(sizes["members"], start=1)]
    alone = [(place, row) for place, row in alone if row["f1"] is not None]
    figure = go.Figure(
        [
            go.Scatter(
                x=[place for place, _ in alone],
                y=[row["f1"] for _, row in alone],
                name="one network alone, by its rank",
                mode="markers",
                marker={"color": SOFT, "size": 7},
                customdata=[row["name"] for _, row in alone],
                hovertemplate="%{customdata}, rank %{x}: F1 %{y:.3f}<extra></extra>",
            ),
            go.Scatter(
                x=[row["k"] for row in rows],
                y=[row["f1"] for row in rows],
                name="the best K together",
                mode="lines+markers",
                line={"color": ACCENT, "width": 2.5},
                customdata=[[row["precision"] or 0, row["recall"] or 0] for row in rows],
                hovertemplate="best %{x}: F1 %{y:.3f}, precision %{customdata[0]:.2f}, recall "
                "%{customdata[1]:.2f}<extra></extra>",
            ),
        ]
    )
    figure.update_xaxes(title="Ensemble size K, or the rank of a network", rangemode="tozero")
    figure.update_yaxes(title="F1 on this area")
    return laid_out(figure, legend=True)


def precision_recall(curve: ScoreHistogram, threshold: float) -> go.Figure:
    """Draw precision against recall with the run's threshold and the best one marked."""
    figure = charts.precision_recall(curve, threshold)
    best = curve.best_f1_threshold()
    if best is not None and abs(best - threshold) > 1 / curve.BINS:
        scores = curve.confusion_at(best).metrics()
        charts.mark(figure, scores["recall"], scores["precision"], f"best F1, from {best:.2f}")
        figure.data[-1].marker.color = ACCENT
        figure.data[-1].textposition = "top left"
    return figure


def reliability(curve: ScoreHistogram) -> go.Figure:
    """Draw what is really there against the probability, with the best threshold marked."""
    figure = charts.reliability(curve)
    best = curve.best_f1_threshold()
    if best is not None:
        figure.add_vline(
            x=best, line_dash="dot", line_color=INK, annotation_text=f"best F1, from {best:.2f}",
            annotation_position="top left" if best > 0.5 else "top right",  # noqa: PLR2004
        )  # fmt: skip
    return figure


def error_matrix(record: Part, units: str = "pixels") -> go.Figure:
    """Draw the four counts with user's accuracy below the columns, producer's beside the rows.

    Args:
        record: Counts, `feature` and the accuracies `by_class`.
        units: What was counted; the estimates weighted by area are another thing.
    """
    counts = Confusion(*(record[name] for name in ("tp", "fp", "fn", "tn")))
    figure = charts.confusion_matrix(counts, record["feature"])
    classes = record["by_class"]
    for place, row in enumerate(classes):
        figure.add_annotation(
            x=place, y=1.8, showarrow=False, font={"size": 13},
            text=f"user's accuracy,<br>{units} counted<br><b>{_percent(row['users'])}</b>",
        )  # fmt: skip
        figure.add_annotation(
            x=2.02, y=place, showarrow=False, font={"size": 13},
            text=f"producer's accuracy,<br>{units} counted<br><b>{_percent(row['producers'])}</b>",
        )  # fmt: skip
    figure.update_xaxes(range=[-0.5, 2.5])
    figure.update_yaxes(range=[2.15, -0.5])
    return figure


def seven_colours(part: Part) -> go.Figure:
    """Draw how many pixels each of the seven colours holds; the background is left out."""
    rows = [row for row in part["colours"] if row["code"]]
    figure = go.Figure(
        go.Bar(
            x=[row["pixels"] for row in rows],
            y=[row["meaning"] for row in rows],
            text=[f"{row['pixels']:,}" for row in rows],
            textposition="outside",
            cliponaxis=False,
            orientation="h",
            marker={
                "color": [SEVEN_COLOURS[row["code"]] for row in rows],
                "line": {"color": INK, "width": 1},
            },
            hovertemplate="%{y}: %{x:,} pixels<extra></extra>",
        )
    )
    figure.update_xaxes(title="Pixels", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return laid_out(figure).update_layout(margin_r=70)


def difference(part: Part) -> go.Figure:
    """Draw how much ground only one of two maps, or both, call feature; the rest is left out."""
    names = (("only_first", f"only {part['first']}", DIFFERENCE_COLOURS[1]),
             ("both", "both", SOFT),
             ("only_second", f"only {part['second']}", DIFFERENCE_COLOURS[-1]))  # fmt: skip
    figure = go.Figure(
        go.Bar(
            x=[part["area_m2"][key] / 1e6 for key, _, _ in names],
            y=[words for _, words, _ in names],
            text=[f"{part['pixels'][key]:,} pixels" for key, _, _ in names],
            orientation="h",
            marker={"color": [colour for _, _, colour in names]},
            hovertemplate="%{y}: %{x:.3f} km2, %{text}<extra></extra>",
        )
    )
    figure.update_xaxes(title=f"Ground called {part['feature']}, km2", rangemode="tozero")
    figure.update_yaxes(autorange="reversed")
    return laid_out(figure)


def _percent(share: float | None) -> str:
    return "undefined" if share is None else f"{share:.1%}"
