"""A comparison's id -> its maps, tables and figures."""

from contextlib import suppress

from geoseg import comparison
from geoseg.errors import WorkspaceError
from geoseg.files.partial import remove_leftovers
from geoseg.jobs.watch import Watch
from geoseg.progress import Cancelled
from geoseg.workspace.comparisons import (
    COMPARISONS,
    comparison_folder,
    is_compared,
    read_comparison_request,
    remove_if_orphaned,
)


def work(comparison_id: str, cancelled: Cancelled) -> None:
    """Make every product of a comparison.

    Raises:
        GeosegError: What stands in the way, or the wish to stop.
    """
    request = read_comparison_request(comparison_id)
    watch = Watch(COMPARISONS, comparison_id)
    comparison.compare(request, comparison_folder(comparison_id), watch, cancelled)


def is_done(comparison_id: str) -> bool:
    """Tell whether the record, the last file, was written."""
    return is_compared(comparison_id)


def tidy(comparison_id: str) -> None:
    """Remove unfinished maps."""
    remove_leftovers(comparison_folder(comparison_id), sole=True)


def keep(comparison_id: str) -> None:
    """Keep nothing of a comparison whose run was deleted meanwhile."""
    with suppress(WorkspaceError):
        remove_if_orphaned(comparison_id)
