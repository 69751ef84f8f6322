"""Events -> lines on stderr; results -> a table or JSON on stdout."""

import json
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TextIO

from geoseg.progress import Event

BETWEEN_LINES_S = 10.0
BETWEEN_REDRAWS_S = 0.1
NARROWEST = 2


class ProgressLine:
    """Shows progress: one line that is drawn anew on a terminal, few lines elsewhere."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._stage = ""
        self._shown = float("-inf")

    def __call__(self, event: Event) -> None:
        """Show one event, unless the last one was shown just now."""
        pause = BETWEEN_REDRAWS_S if self._terminal else BETWEEN_LINES_S
        now, ended = time.monotonic(), event.done >= event.total
        if event.stage == self._stage and (ended or now - self._shown < pause):
            return
        self._stage, self._shown = event.stage, now
        self._show(_words(event))

    def close(self) -> None:
        """Leave the line empty for what comes."""
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _show(self, text: str) -> None:
        if self._terminal:
            width = max(NARROWEST, shutil.get_terminal_size().columns) - 1
            self._stream.write(f"\r\x1b[K{text[:width]}")
        else:
            self._stream.write(text + "\n")
        self._stream.flush()


def warn(sentences: Sequence[str]) -> None:
    """Tell warnings to whoever watches, apart from the results."""
    for sentence in sentences:
        print(f"warning: {sentence}", file=sys.stderr)


def tell(notes: Sequence[str]) -> None:
    """Tell what was done to the files and how a result is to be read, apart from the results."""
    for note in notes:
        print(f"note: {note}", file=sys.stderr)


def show(record: Any, text: str, *, as_json: bool) -> None:
    """Print a result: the record as JSON for programs, the text for people."""
    print(_json(record) if as_json else text)


def _json(record: Any) -> str:
    """Return JSON in the terminal's letters: where it lacks some, as escapes, so that it is JSON."""
    told = json.dumps(record, indent=2, ensure_ascii=False)
    try:
        told.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(record, indent=2)
    return told


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return columns under their heads, numbers to the right, None as a dash."""
    cells = [[str(name) for name in head], *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[place]) for row in cells) for place in range(len(head))]
    right = [all(isinstance(row[p], int | float | None) for row in rows) for p in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in cells
    )


def class_table(parts: Sequence[tuple[str, dict[str, Any]]]) -> str:
    """Return macro F1 and F1 of every class of named parts; "" where they tell no classes.

    Args:
        parts: Names, and records with `classes` and `macro_f1`.
    """
    told = [(name, part) for name, part in parts if part.get("classes")]
    if not told:
        return ""
    labels = [label["name"] for label in told[0][1]["classes"] if label["id"]]
    rows = [
        (name, part["macro_f1"], *(label["f1"] for label in part["classes"] if label["id"]))
        for name, part in told
    ]
    return table(("F1 of every class", "macro", *labels), rows)


Keys = Mapping[tuple[str, ...], str]
LINES: Keys = {
    ("length_weighted_overlap",): "of the lines' length lies inside outlines",
    ("coverage_of_intersecting",): "of the mapped ground belongs to outlines that meet a line",
}
POINTS: Keys = {
    ("at_point", "balanced_accuracy"): "balanced accuracy at the points",
    ("within_tolerance", "balanced_accuracy"): "balanced accuracy within the tolerance",
}
"""Place in a part of the record -> what it is."""


def shares(part: dict[str, Any], keys: Keys) -> Iterator[str]:
    """Yield shares with their words."""
    for place, words in keys.items():
        value: Any = part
        for key in place:
            value = value[key]
        yield f"{_share(value)} {words}"


def _share(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.1%}"


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def _words(event: Event) -> str:
    share = f" {100 * event.done // event.total} %" if event.total > 1 else ""
    of_member = f", {event.member} {event.done} of {event.total}" if event.member else ""
    return f"{event.stage}{share}{of_member}"
