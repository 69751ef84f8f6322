"""Events of many members at work -> one line on a terminal, few lines elsewhere; Ctrl-C -> a wish."""

import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from geoseg.cli.output import BETWEEN_REDRAWS_S, NARROWEST
from geoseg.progress import Cancelled, Event

BETWEEN_LINES_S = 30.0


class MembersLine:
    """Shows how many members are trained, and how far those at work are."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._terminal = self._stream.isatty()
        self._done = self._total = 0
        self._at_work: dict[str, tuple[int, int, str]] = {}
        self._shown = float("-inf")

    def __call__(self, event: Event) -> None:
        """Take note of one event, and show where all stand now and then."""
        if event.member is None:
            self._done, self._total = event.done, event.total
        else:
            score = self._at_work.get(event.member, (0, 0, ""))[2]
            if event.stage.startswith("validation"):
                score = f", {event.stage.removeprefix('validation ')}"
            self._at_work[event.member] = event.done, event.total, score
        now = time.monotonic()
        if event.member is None or now - self._shown >= self._pause:
            self._shown = now
            self._show()
        if event.member is not None and event.done >= event.total and "F1" in event.stage:
            self._at_work.pop(event.member, None)

    def close(self) -> None:
        """Leave the line empty for what comes."""
        if self._terminal:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    @property
    def _pause(self) -> float:
        return BETWEEN_REDRAWS_S if self._terminal else BETWEEN_LINES_S

    def _show(self) -> None:
        at_work = "; ".join(
            f"{member} {done} of {total} steps{score}"
            for member, (done, total, score) in self._at_work.items()
        )
        text = f"{self._done} of {self._total} networks trained" + (at_work and f"; {at_work}")
        if self._terminal:
            width = max(NARROWEST, shutil.get_terminal_size().columns) - 1
            self._stream.write(f"\r\x1b[K{text[:width]}")
        else:
            self._stream.write(text + "\n")
        self._stream.flush()


@contextmanager
def wish_to_stop() -> Iterator[Cancelled]:
    """Turn Ctrl-C and a request to end into a wish, so that a checkpoint is stored first.

    A second Ctrl-C ends at once.
    """
    wished: list[int] = []

    def wish(number: int, _frame: object) -> None:
        if wished:
            raise KeyboardInterrupt
        wished.append(number)
        print("\ngeoseg: stopping after this step; what was learned is kept", file=sys.stderr)

    before = {number: signal.signal(number, wish) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: bool(wished)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
