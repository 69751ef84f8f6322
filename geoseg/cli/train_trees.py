"""geoseg train --method cart, forest or segments: the choices of trees -> a trained member."""

from pathlib import Path
from typing import Any

from geoseg.cli.output import ProgressLine, show, warn
from geoseg.errors import SettingsError
from geoseg.progress import Cancelled

NETWORK = "network"
OPTIONS = {
    "cart": ("--points", "--mode-filter"),
    "forest": ("--points", "--trees"),
    "segments": ("--trees", "--clusters"),
}
"""Method -> the options that say something for it."""


def unfitting(method: str, options: dict[str, Any]) -> dict[str, Any]:
    """Return those of the options of trees that say nothing for a method.

    Raises:
        SettingsError: There is no such method.
    """
    if method not in OPTIONS:
        raise SettingsError(f"no method {method!r}; choose one of {', '.join([NETWORK, *OPTIONS])}")
    return {name: value for name, value in options.items() if name not in OPTIONS[method]}


def train_one(
    dataset: Path, choices: dict[str, Any], out: Path, cancelled: Cancelled, *, as_json: bool
) -> None:
    """Train a tree, a forest or a segment forest and tell its score."""
    from geoseg.models.card import read_card
    from geoseg.training.dataset import fills_told
    from geoseg.training.tree_settings import TreeSettings
    from geoseg.training.trees import train_trees

    settings, line = TreeSettings(**choices), ProgressLine()
    try:
        path = train_trees(dataset, settings, out, progress=line, cancelled=cancelled)
    finally:
        line.close()
    warn(fills_told(dataset, settings.declared, settings.setting))
    card = read_card(path)
    text = f"{card.name}: validation F1 {card.validation_f1:.3f}, written to {path}"
    show(card.model_dump(mode="json"), text, as_json=as_json)
