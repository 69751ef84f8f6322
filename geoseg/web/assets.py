"""/assets/...: scripts and styles of map, uploads and API page, all from this machine."""

import gzip
import hashlib
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from geoseg.web.faults import refusal

HERE = Path(__file__).parent
FOLDERS = (HERE / "static", HERE.parent / "ui" / "static")
"""Our own scripts and styles; nothing else may lie there."""
NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,60}")
MEDIA = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
}
SMALLEST_ZIPPED = 1024


def asset(request: Request) -> Response:
    """Return one file by its name; browsers ask each time whether it changed."""
    path = _path(request.path_params["name"])
    if path is None:
        raise refusal("there is no such file", 404)
    state = path.stat()
    plain, zipped, tag = _content(path, state.st_mtime_ns)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Accept-Encoding"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    wants_zipped = "gzip" in request.headers.get("accept-encoding", "")
    if zipped is not None and wants_zipped:
        headers["Content-Encoding"] = "gzip"
        plain = zipped
    return Response(plain, media_type=MEDIA[path.suffix], headers=headers)


def routes() -> list[BaseRoute]:
    """Return the route."""
    return [Route("/assets/{name}", asset)]


def _path(name: str) -> Path | None:
    """Return where an allowed file lies."""
    if not NAME.fullmatch(name) or Path(name).suffix not in MEDIA:
        return None
    places = [*_libraries().get(name, ()), *(folder / name for folder in FOLDERS)]
    return next((path for path in places if path.is_file()), None)


@lru_cache(maxsize=1)
def _libraries() -> dict[str, tuple[Path, ...]]:
    """Return the files other packages bring: the map's and the API page's."""
    map_files = _package("maplibre") / "srcjs"
    page_files = _package("swagger_ui_bundle") / "vendor"
    return {
        **{name: (map_files / name,) for name in ("maplibre-gl.js", "maplibre-gl.css")},
        **{
            name: tuple(page_files.glob(f"*/{name}"))
            for name in ("swagger-ui.css", "swagger-ui-bundle.js")
        },
    }


def _package(name: str) -> Path:
    """Return a package's folder without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the package {name} is not installed")
    return Path(spec.origin).parent


@lru_cache(maxsize=64)
def _content(path: Path, _changed: int) -> tuple[bytes, bytes | None, str]:
    """Return the file, its zipped form where that pays, and its tag."""
    plain = path.read_bytes()
    pays = len(plain) >= SMALLEST_ZIPPED and path.suffix in (".js", ".css", ".svg")
    zipped = gzip.compress(plain, 6) if pays else None
    return plain, zipped, f'"{hashlib.sha256(plain).hexdigest()[:16]}"'
