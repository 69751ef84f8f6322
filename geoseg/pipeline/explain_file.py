"""An explanation -> a JSON file, which replaces none but an earlier explanation."""

import json
from pathlib import Path
from typing import Any

from geoseg.exports.disk import whole
from geoseg.files.outputs import check_file
from geoseg.pipeline.explain_request import ExplainSettings

KEYS = {"geoseg", "target", "baseline", "groups"}
"""What every explanation has."""


def check_explanation(out: Path, run: Path, settings: ExplainSettings) -> None:
    """Refuse a place where an explanation would replace a file of the run or of a user's.

    Raises:
        OutputError: It would, or `out` is a folder, or there is no folder to write to.
    """
    files = [path for path in run.iterdir() if path.is_file()] if run.is_dir() else []
    inputs = [*(path for path in files if not _is_explanation(path)), *settings.rasters]
    check_file(out, inputs, is_ours=_is_explanation, what="the explanation")


def write_explanation(record: dict[str, Any], out: Path) -> None:
    """Write an explanation whole or not at all.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    with whole(out) as target:
        target.write_text(json.dumps(record, indent=2, allow_nan=False), encoding="utf-8")


def _is_explanation(path: Path) -> bool:
    if path.suffix.lower() != ".json":
        return False
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and set(content) >= KEYS
