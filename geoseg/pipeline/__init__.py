"""A run request -> a folder of products; progress and cancel by callback."""

from pathlib import Path
from typing import Any

from geoseg.pipeline.products import Product, list_products
from geoseg.pipeline.request import RunRequest
from geoseg.progress import Cancelled, Progress, never, silent


def run(
    request: RunRequest, out: Path, progress: Progress = silent, cancelled: Cancelled = never
) -> dict[str, Any]:
    """Make every product of a run in `out` and return its record, the content of run.json.

    Everything is checked first; on a fault or cancel `out` stays as it was.

    Raises:
        GeosegError: Something of the request cannot be; the sentence says what to do.
        RunCancelledError: `cancelled` answered True.
    """
    from geoseg.pipeline.runner import run_request

    # GDAL takes a relative folder such as http:run for an address.
    return run_request(request, out.absolute(), progress, cancelled)


__all__ = ["Product", "RunRequest", "list_products", "run"]
