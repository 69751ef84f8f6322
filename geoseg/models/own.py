"""A member's place in a folder -> whether what lies there is a member, so that it may be replaced."""

import json
import zipfile
from pathlib import Path

from geoseg.errors import ModelError, OutputError
from geoseg.files.marks import digest
from geoseg.models.card import read_card

CARD, WEIGHTS, HISTORY, CHECKPOINT = ".json", ".safetensors", ".history.jsonl", ".checkpoint"
ENDINGS = (CARD, WEIGHTS, HISTORY, CHECKPOINT)


def require_own_member(path: Path) -> None:
    """Refuse to write a member where files that no training made would be replaced.

    Args:
        path: Of the member's card or weights; they need not be there.

    Raises:
        OutputError: A file at the place of card, weights, history or checkpoint is none.
    """
    stem = path.with_name(path.name.removesuffix(CARD).removesuffix(WEIGHTS))
    files = {ending: stem.with_name(stem.name + ending) for ending in ENDINGS}
    foreign = [file for ending, file in files.items() if file.exists() and not IS[ending](file)]
    if not foreign and files[WEIGHTS].exists() and not _belongs(files):
        foreign = [files[WEIGHTS]]
    if foreign:
        raise OutputError(
            f"{foreign[0]} would be replaced by the new member {stem.name}, and is none that "
            "GeoSeg wrote; choose another folder or another name"
        )


def _is_card(path: Path) -> bool:
    try:
        read_card(path)
    except (ModelError, OSError):
        return False
    return True


def _is_history(path: Path) -> bool:
    try:
        first = json.loads(path.read_text(encoding="utf-8").partition("\n")[0])
    except (ValueError, OSError):
        return False
    return isinstance(first, dict) and "step" in first


def _belongs(files: dict[str, Path]) -> bool:
    """Tell whether weights are a card's, or those of a training that was cut short."""
    if files[HISTORY].is_file():
        return True
    card = files[CARD]
    return card.is_file() and read_card(card).sha256 == digest(files[WEIGHTS])


IS = {
    CARD: _is_card,
    WEIGHTS: Path.is_file,
    HISTORY: _is_history,
    CHECKPOINT: zipfile.is_zipfile,
}
"""Ending -> tells whether a file of it is what GeoSeg writes there."""
