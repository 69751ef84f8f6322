"""Everything of the server beside the pages: routes, middleware, faults, and what runs with it."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from geoseg.errors import GeosegError
from geoseg.jobs.demo import find_demo_run
from geoseg.jobs.supervisor import supervised
from geoseg.web import (
    access,
    api,
    assets,
    faults,
    map_pages,
    tiles,
    upload_page,
    vectors,
    wmts,
)
from geoseg.web.access import Access
from geoseg.web.sweep import sweep_hourly
from geoseg.workspace.files import HOME, root

QUIET_S = 5.0
"""The first page is drawn before slow imports begin."""


def routes() -> list[BaseRoute]:
    """Return every route of ours."""
    parts = (tiles, wmts, vectors, map_pages, assets, upload_page, access, api)
    return [route for part in parts for route in part.routes()]


def middleware() -> list[Middleware]:
    """Return what every request passes first."""
    return [Middleware(Access)]


def exception_handlers() -> dict[Any, Callable[[Request, Exception], Response]]:
    """Return how faults outside the API become answers."""
    return {GeosegError: faults.answer, HTTPException: faults.answer_refusal}


@asynccontextmanager
async def lifespan(_app: object) -> AsyncIterator[None]:
    """Keep a worker alive, make the demo ready in the background, tidy up every hour."""
    async with supervised():
        chores = [asyncio.create_task(chore) for chore in (_prepare(), sweep_hourly())]
        try:
            yield
        finally:
            for chore in chores:
                chore.cancel()
            for chore in chores:
                with suppress(asyncio.CancelledError):
                    await chore


async def _prepare() -> None:
    """Make the demo ready beside the first page, then load what the first tile needs."""
    found = await asyncio.to_thread(find_demo_run)
    if found is None or found.status in ("failed", "cancelled"):
        await _make_demo()
    await asyncio.sleep(QUIET_S)
    await asyncio.to_thread(tiles.clear_png)


async def _make_demo() -> None:
    """Let another process make the demo; end it with the app."""
    package = Path(__file__).parents[2]
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "geoseg.web.make_demo",
        cwd=package, env={**os.environ, HOME: str(root())},
    )  # fmt: skip
    try:
        await child.wait()
    finally:
        with suppress(ProcessLookupError):
            child.terminate()
