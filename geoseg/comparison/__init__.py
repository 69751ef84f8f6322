"""Finished runs + what people mapped -> a folder of maps, tables and figures that compare them."""

from pathlib import Path
from typing import Any

from geoseg.comparison.products import list_files
from geoseg.comparison.request import CompareRequest, plain_request
from geoseg.progress import Cancelled, Progress, never, silent


def compare(
    request: CompareRequest, out: Path, progress: Progress = silent, cancelled: Cancelled = never
) -> dict[str, Any]:
    """Make every product of a comparison in `out` and return the content of its metrics.json.

    Everything is checked first; on a fault or cancel `out` stays as it was.

    Raises:
        GeosegError: Something of the request cannot be; the sentence says what to do.
        RunCancelledError: `cancelled` answered True.
    """
    from geoseg.comparison.runner import compare_request

    return compare_request(request, out.absolute(), progress, cancelled)


__all__ = ["CompareRequest", "compare", "list_files", "plain_request"]
