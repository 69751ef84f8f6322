"""Events of a run -> its state on disk, a few times a second, and its log."""

import time
from contextlib import suppress

from geoseg.errors import DiskError, WorkspaceError
from geoseg.progress import Event
from geoseg.workspace import change_state, log_line

BETWEEN_WRITES_S = 0.3
PREDICTING = "predicting"
"""The stage whose events count a member's tiles."""


class Watch:
    """Hears a run's events and keeps its state fresh without wearing the disk."""

    def __init__(self, run_id: str, members: int) -> None:
        self.run_id = run_id
        self.members = members
        self.stage = ""
        self.per_member: dict[str, tuple[int, int]] = {}
        self._written = float("-inf")

    def __call__(self, event: Event) -> None:
        """Take note of one event; a full disk or a deleted run is told by the run itself."""
        if event.member is not None and event.stage == PREDICTING:
            self.per_member[event.member] = event.done, event.total
        now, new_stage = time.monotonic(), event.stage != self.stage
        if not new_stage and event.done < event.total and now - self._written < BETWEEN_WRITES_S:
            return
        self._written = now
        with suppress(DiskError, WorkspaceError):
            if new_stage:
                self.stage = event.stage
                log_line(self.run_id, event.stage)
            self._write(event)

    def _write(self, event: Event) -> None:
        done, total = event.done, event.total
        if event.stage == PREDICTING and self.per_member:
            # Members that have not begun yet count with as many tiles as this one.
            done = sum(tiles for tiles, _ in self.per_member.values())
            total = event.total * max(self.members, len(self.per_member))
        change_state(
            self.run_id, stage=event.stage, done=done, total=total, per_member=self.per_member
        )
