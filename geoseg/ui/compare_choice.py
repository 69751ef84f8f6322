"""What the page Compare shows: which run, beside which other, and the comparison at hand."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Chosen:
    """What the user looks at.

    Attributes:
        run_id: The finished run.
        other_id: A second run of the same area to set beside it; None for none.
        comparison: Folder of a finished comparison of it; None where there is no reference, or
            while the comparison is being made.
    """

    run_id: str
    other_id: str | None = None
    comparison: Path | None = None
