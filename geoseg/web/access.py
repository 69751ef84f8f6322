"""Who may ask: no other web site, and where GEOSEG_TOKEN is set only those who know it.

Without a token every visitor of the port is welcome, as on a laptop or behind an institute's
login; Streamlit's own routes then pass untouched.
"""

import hashlib
import hmac
import os
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qs, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geoseg.web.links import KEY, TOKEN, opens
from geoseg.web.places import secret

COOKIE = "geoseg_token"
OURS = ("/api", "/tiles", "/vectors", "/map", "/assets", "/upload", "/enter")
OPEN = ("/api/health", "/enter")
"""Answered without the token: a watchdog's question and the door itself."""
READING = ("GET", "HEAD", "OPTIONS")
SAME_SITE = ("same-origin", "none")
A_MONTH_S = 30 * 24 * 3600
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'self'",
}
"""On every answer of ours that does not say otherwise."""
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)
DOOR = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>GeoSeg</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/assets/web.css">
</head><body class="door"><main><h1>GeoSeg</h1><p>{sentence}</p>
<form method="post" action="/enter"><label for="token">Access word</label>
<input id="token" name="token" type="password" autocomplete="current-password" autofocus required>
<button>Enter</button></form></main></body></html>"""
ASK = "This server asks for an access word; its keeper can tell you."
WRONG = "That is not the access word; please try again."


class Access:
    """Lets a request pass, refuses it, or asks for the token; adds headers to our answers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Judge one request."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        ours = is_ours(scope["path"])
        refusal = _refusal(scope, ours)
        if refusal is None:
            await self.app(scope, receive, _with_headers(send) if ours else send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, _with_headers(send))


def is_ours(path: str) -> bool:
    """Tell our routes from Streamlit's."""
    return any(path == start or path.startswith(f"{start}/") for start in OURS)


def enter_form(_request: Request) -> Response:
    """Show the form that takes the token."""
    return _door(ASK, 200)


async def enter(request: Request) -> Response:
    """Check the token and remember it in a cookie scripts cannot read."""
    form = await request.form()
    given, token = str(form.get("token", "")), os.environ.get(TOKEN, "")
    if not hmac.compare_digest(given.encode(), token.encode()):
        return _door(WRONG, 401)
    answer = RedirectResponse("/", 303)
    answer.set_cookie(
        COOKIE, _seal(token), max_age=A_MONTH_S, httponly=True, samesite="lax",
        secure=request.url.scheme == "https",
    )  # fmt: skip
    return answer


def routes() -> list[BaseRoute]:
    """Return the door."""
    return [Route("/enter", enter_form), Route("/enter", enter, methods=["POST"])]


def _refusal(scope: Scope, ours: bool) -> Response | None:
    """Return why a request may not pass; None where it may."""
    path, headers = scope["path"], Headers(scope=scope)
    if ours and _is_crooked(path):
        return JSONResponse({"detail": "this address is not allowed"}, 400)
    token = os.environ.get(TOKEN)
    open_to_all = path in OPEN or path == "/assets/web.css" or _has_key(scope)
    if token and not open_to_all and not _knows(headers, token):
        page = "text/html" in headers.get("accept", "")
        return _door(ASK, 401) if page else JSONResponse({"detail": ASK}, 401)
    if ours and scope.get("method") not in READING and _is_foreign(headers):
        return JSONResponse({"detail": "another web site may not change anything here"}, 403)
    return None


def _is_crooked(path: str) -> bool:
    """Tell whether a path tries to climb out of where it belongs."""
    return ".." in path.split("/") or "\\" in path or "\0" in path or "//" in path


def _is_foreign(headers: Headers) -> bool:
    """Tell whether another site's page sent this; programs send neither header and may."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        return site not in SAME_SITE
    return origin is not None and urlsplit(origin).netloc != headers.get("host")


def _knows(headers: Headers, token: str) -> bool:
    bearer = headers.get("authorization", "").removeprefix("Bearer ")
    cookies: SimpleCookie = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return False
    sealed = cookies[COOKIE].value if COOKIE in cookies else ""
    by_cookie = hmac.compare_digest(sealed.encode(), _seal(token).encode())
    return by_cookie or hmac.compare_digest(bearer.encode(), token.encode())


def _has_key(scope: Scope) -> bool:
    """Tell whether somebody reads a layer with the key that opens this one."""
    keys = parse_qs(scope.get("query_string", b"").decode("latin-1")).get(KEY, [""])
    return scope.get("method") in READING and opens(scope["path"], keys[0])


def _seal(token: str) -> str:
    """Return what the cookie holds: proof of the token, not the token."""
    return hmac.new(secret(), token.encode(), hashlib.sha256).hexdigest()


def _door(sentence: str, status: int) -> Response:
    return HTMLResponse(
        DOOR.format(sentence=sentence), status, {"Content-Security-Policy": PAGE_POLICY}
    )


def _with_headers(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers
