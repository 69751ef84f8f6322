"""What every step of a comparison is handed: the request, the run, its ground, where to write."""

from dataclasses import dataclass, field
from pathlib import Path

from geoseg.comparison.finished import FinishedRun
from geoseg.comparison.ground import REFERENCE, Ground
from geoseg.comparison.request import CompareRequest
from geoseg.progress import Cancelled, Progress


@dataclass(frozen=True)
class Work:
    """A comparison under way.

    Attributes:
        request: What was asked for.
        run: The run that is judged.
        other: A second run on the same grid.
        ground: What it is compared with.
        folder: Where files go.
        progress: Hears how far the work is.
        cancelled: Asked whether to stop.
        notes: Takes plain sentences for the reader.
    """

    request: CompareRequest
    run: FinishedRun
    other: FinishedRun | None
    ground: Ground
    folder: Path
    progress: Progress
    cancelled: Cancelled
    notes: list[str] = field(default_factory=list)

    @property
    def reference(self) -> Path:
        """The reference on the run's grid: drawn anew beside the comparison, or the run's own."""
        return (self.run.folder if self.request.reference is None else self.folder) / REFERENCE
