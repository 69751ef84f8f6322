"""Stages of a run -> their seconds, told to the watcher as they begin."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from geoseg.progress import Cancelled, Event, Progress, stop_if


class Stages:
    """Times every stage and asks before each whether to go on."""

    def __init__(self, progress: Progress, cancelled: Cancelled) -> None:
        self.seconds: dict[str, float] = {}
        self._progress = progress
        self._cancelled = cancelled

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Run one stage of that name.

        Raises:
            RunCancelledError: The watcher wants the run to end.
        """
        stop_if(self._cancelled)
        self._progress(Event(name, 0, 1))
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)

    def step(self, name: str, done: int, total: int) -> None:
        """Tell how far a stage is.

        Raises:
            RunCancelledError: The watcher wants the run to end.
        """
        stop_if(self._cancelled)
        self._progress(Event(name, done, total))
