"""Events of long work -> its state on disk, a few times a second, and its log."""

import time
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from geoseg.errors import DiskError, WorkspaceError
from geoseg.progress import Event
from geoseg.workspace.ledger import Ledger
from geoseg.workspace.runs import RUNS
from geoseg.workspace.trainings import TRAININGS

BETWEEN_WRITES_S = 0.3
PREDICTING, TRAINING, SCORING, MEMBERS = "predicting", "training", "validation", "members trained"
"""First words of the stages whose events count tiles or steps, tell a score, or count members."""


class Watch:
    """Hears events and keeps a state fresh without wearing the disk."""

    def __init__(self, ledger: Ledger[Any], job_id: str) -> None:
        self.ledger = ledger
        self.job_id = job_id
        self.stage = ""
        self.per_member: dict[str, tuple[int, int]] = {}
        self._written = float("-inf")

    def __call__(self, event: Event) -> None:
        """Take note of one event; a full disk or a deleted folder is told by the work itself."""
        self.count(event)
        now, stage = time.monotonic(), self.stage_of(event)
        new_stage = stage != self.stage
        if not new_stage and event.done < event.total and now - self._written < BETWEEN_WRITES_S:
            return
        self._written = now
        with suppress(DiskError, WorkspaceError):
            if new_stage:
                self.stage = stage
                self.ledger.log(self.job_id, stage)
            self.ledger.change(
                self.job_id, stage=stage, per_member=self.per_member, **self.totals(event)
            )

    def count(self, event: Event) -> None:
        """Take note of how far a member is."""

    def stage_of(self, event: Event) -> str:
        """Return what the state calls this stage."""
        return event.stage

    def totals(self, event: Event) -> dict[str, Any]:
        """Return how far the whole work is."""
        return {"done": event.done, "total": event.total}


class RunWatch(Watch):
    """Counts every member's tiles."""

    def __init__(self, run_id: str, members: int) -> None:
        super().__init__(RUNS, run_id)
        self.members = members

    def count(self, event: Event) -> None:
        """Take note of a member's tiles."""
        if event.member is not None and event.stage == PREDICTING:
            self.per_member[event.member] = event.done, event.total

    def totals(self, event: Event) -> dict[str, Any]:
        """Return the tiles of all members together."""
        if event.stage != PREDICTING or not self.per_member:
            return super().totals(event)
        # Members that have not begun yet count with as many tiles as this one.
        done = sum(tiles for tiles, _ in self.per_member.values())
        return {"done": done, "total": event.total * max(self.members, len(self.per_member))}


class TrainingWatch(Watch):
    """Counts every member's steps and logs its scores; a validation is a new start for attempts."""

    def __init__(self, training_id: str, steps: Mapping[str, int]) -> None:
        super().__init__(TRAININGS, training_id)
        self.per_member = {name: (0, total) for name, total in steps.items()}

    def count(self, event: Event) -> None:
        """Take note of a member's steps."""
        if event.member is None:
            return
        self.per_member[event.member] = event.done, event.total
        if event.stage.startswith(SCORING):
            with suppress(DiskError, WorkspaceError):
                self.ledger.log(self.job_id, f"{event.member}, step {event.done}: {event.stage}")
                # The checkpoint is written: what kills the worker later is not held against it.
                self.ledger.change(self.job_id, attempts=1)

    def stage_of(self, event: Event) -> str:
        """Return one word for the steps of all members."""
        return TRAINING if self._counts_steps(event) else event.stage

    @staticmethod
    def _counts_steps(event: Event) -> bool:
        return event.member is not None or event.stage == MEMBERS

    def totals(self, event: Event) -> dict[str, Any]:
        """Return the steps of all members together."""
        if not self._counts_steps(event):
            return super().totals(event)
        done, total = (sum(counts) for counts in zip(*self.per_member.values(), strict=True))
        return {"done": done, "total": total}
