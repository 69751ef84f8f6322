"""A user's mistake -> a JSON answer with its one sentence and the status that fits."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from geoseg.errors import DiskError, GeosegError, TakenError, WorkspaceError

STATUS: tuple[tuple[type[GeosegError], int], ...] = (
    (TakenError, 409),
    (WorkspaceError, 404),
    (DiskError, 507),
    (GeosegError, 400),
)
"""The first class that fits decides."""


def answer(_request: Request, error: Exception) -> Response:
    """Tell the sentence, never a traceback."""
    status = next((code for kind, code in STATUS if isinstance(error, kind)), 500)
    return JSONResponse({"detail": str(error)}, status_code=status)


def refusal(sentence: str, status: int) -> HTTPException:
    """Return a fault of the request itself, to be raised."""
    return HTTPException(status, sentence)


def answer_refusal(_request: Request, error: Exception) -> Response:
    """Tell a fault of the request itself in the same form."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else str(error)
    return JSONResponse({"detail": detail}, status_code=status)
