"""Everything of the server beside the pages: routes, middleware, faults, and what runs with it."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from geoseg.errors import GeosegError
from geoseg.jobs.supervisor import supervised
from geoseg.web import access, api, assets, faults, tiles, upload_page
from geoseg.web.access import Access
from geoseg.web.sweep import sweep_hourly

log = logging.getLogger(__name__)


def routes() -> list[BaseRoute]:
    """Return every route of ours."""
    parts = (tiles, assets, upload_page, access, api)
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
    """Make the demo area and its run, and load what the first tile needs."""
    for step in (_make_demo, _warm_up):
        try:
            await asyncio.to_thread(step)
        except GeosegError as error:
            log.warning("%s", error)


def _make_demo() -> None:
    from geoseg.jobs.demo import ensure_demo_run

    ensure_demo_run()


def _warm_up() -> None:
    tiles.clear_png()
