"""Long work -> events for whoever watches, and the watcher's wish to stop -> an exception."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from geoseg.errors import RunCancelledError


@dataclass(frozen=True)
class Event:
    """One step of long work.

    Attributes:
        stage: Plain words for the user, e.g. "predicting".
        done: Units finished in this stage.
        total: Units of this stage.
        member: The network at work, where the stage knows it.
    """

    stage: str
    done: int
    total: int
    member: str | None = None


class Progress(Protocol):
    """Hears every event of long work."""

    def __call__(self, event: Event, /) -> None:
        """Take note of one event."""


Cancelled = Callable[[], bool]
"""Asked at every tile batch and between stages; True stops the work."""


def silent(_event: Event) -> None:
    """Hear nothing."""


def never() -> bool:
    """Never cancel."""
    return False


def stop_if(cancelled: Cancelled) -> None:
    """Raise where the watcher wants the work to end.

    Raises:
        RunCancelledError: `cancelled` answered True.
    """
    if cancelled():
        raise RunCancelledError("the run was cancelled; its unfinished files were removed")
