"""Rankings -> small pictures for docs/zoo.md, drawn where matplotlib is installed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from geoseg.figures.ranking import BIASES, COLOURS, ISOLINES, judged
from geoseg.ranking import Ranking

Rankings = Mapping[str, Ranking]
MARKERS = "osD^*P"
DPI = 90


def draw(rankings: Rankings, folder: Path) -> None:
    """Draw both pictures; without matplotlib say so and leave the old ones."""
    try:
        import matplotlib as mpl
    except ImportError:
        print("matplotlib is not installed: the pictures of docs/zoo.md stay as they were")
        return
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    folder.mkdir(parents=True, exist_ok=True)
    drawings = {"zoo_f1_by_size": _f1_by_size, "zoo_performance": _performance}
    for name, drawing in drawings.items():
        figure, axes = plt.subplots(figsize=(8, 4.6))
        drawing(axes, rankings)
        figure.savefig(folder / f"{name}.png", dpi=DPI, bbox_inches="tight")
        plt.close(figure)


def _f1_by_size(axes: Any, rankings: Rankings) -> None:
    for (name, ranking), colour in zip(rankings.items(), COLOURS, strict=False):
        rows = [(row.size, score) for row in ranking.sizes if (score := judged(ranking, row))]
        sizes = [size for size, _ in rows]
        axes.plot(sizes, [s.f1 for _, s in rows], color=colour, label=f"{name}", lw=2)
        low, high = [s.low for _, s in rows], [s.high for _, s in rows]
        axes.fill_between(sizes, low, high, color=colour, alpha=0.12, lw=0)
    axes.set(xlabel="networks averaged, best first (K)", ylabel="F1 on the simulated test scenes")
    axes.xaxis.get_major_locator().set_params(integer=True)
    axes.grid(alpha=0.3)
    axes.legend(title="bands; shade: 95 %", frameon=False)


def _performance(axes: Any, rankings: Rankings) -> None:
    for f1 in ISOLINES:
        precision = np.geomspace(f1 / (2 - f1), 1, 60)
        axes.plot(precision, f1 * precision / (2 * precision - f1), color="#cfd6dc", lw=0.8)
        axes.annotate(f"F1 {f1:g}", (1, f1 / (2 - f1)), fontsize=7, color="#8a949e")
    for bias in BIASES:
        end = min(1.0, 1 / bias)
        axes.plot([0, end], [0, end * bias], color="#cfd6dc", lw=0.8, ls="--")
    for (name, ranking), colour in zip(rankings.items(), COLOURS, strict=False):
        for row, marker in zip(ranking.improvements, MARKERS, strict=False):
            label = "single best" if row.size == 1 else f"best {row.size}"
            axes.plot(row.score.precision, row.score.recall, marker, color=colour, ms=7, mec="white",
                      label=f"{name}: {label}", ls="none")  # fmt: skip
    axes.set(xlabel="precision", ylabel="recall", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes.legend(fontsize=7, frameon=False, loc="center left", bbox_to_anchor=(1.1, 0.5))
