"""/map/{id}: the page of a map inside a page, at an address of its own.

A frame that carries its page as text has no origin; MapLibre's worker, which unpacks outlines,
answers only pages of its own origin.
"""

import hashlib
from collections import OrderedDict
from threading import Lock

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from geoseg.web.faults import refusal
from geoseg.web.places import signed

PAGES_KEPT = 256
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; connect-src 'self'; worker-src blob:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'self'"
)
_pages: OrderedDict[str, str] = OrderedDict()
_guard = Lock()


def keep_page(text: str) -> str:
    """Keep a page for whoever asks for it and return its address, the same for the same text."""
    page_id = signed(f"map {hashlib.sha256(text.encode()).hexdigest()}")
    with _guard:
        _pages[page_id] = text
        _pages.move_to_end(page_id)
        while len(_pages) > PAGES_KEPT:
            _pages.popitem(last=False)
    return f"/map/{page_id}"


def page(request: Request) -> Response:
    """Return a kept page."""
    with _guard:
        text = _pages.get(request.path_params["page"])
    if text is None:
        raise refusal("this map is not drawn any more; reload the page", 404)
    return HTMLResponse(
        text, headers={"Content-Security-Policy": POLICY, "Cache-Control": "private, no-cache"}
    )


def routes() -> list[BaseRoute]:
    """Return the route."""
    return [Route("/map/{page}", page)]
