"""The running app, and a real Chromium that cannot reach anything else."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
from playwright.sync_api import BrowserContext, Page, Route

REPOSITORY = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 120
PATIENCE_MS = 180_000
"""A machine may be busy with many other things; on an idle one a run takes seconds."""
LAPTOP = {"width": 1366, "height": 768}


class App:
    """The app as a user starts it, with a workspace of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py",
                   "--server.port", str(self.port), "--server.address", "127.0.0.1"]  # fmt: skip
        self.log = (self.home / "app.log").open("w")
        self.process = subprocess.Popen(
            command, cwd=REPOSITORY, stdout=self.log, stderr=self.log, start_new_session=True,
            env={**os.environ, "GEOSEG_HOME": str(self.home), "GEOSEG_DATA": ""},
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            assert time.monotonic() < deadline, (self.home / "app.log").read_text()
            time.sleep(0.3)

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.log.close()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/api/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Iterator[App]:
    running = App(tmp_path_factory.mktemp("home"))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def context(app, browser) -> Iterator[BrowserContext]:
    """A browser window without internet; a page that asks for it fails the test."""
    window = browser.new_context(viewport=LAPTOP, accept_downloads=True)
    outside: list[str] = []

    def guard(route: Route) -> None:
        if urlparse(route.request.url).netloc == f"127.0.0.1:{app.port}":
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    window.route("**/*", guard)
    window.set_default_timeout(PATIENCE_MS)
    yield window
    window.close()
    assert not outside, f"the app asked the internet for {outside}"


@pytest.fixture
def page(context) -> Page:
    return context.new_page()


@pytest.fixture(scope="session")
def picture() -> Callable[[Page, str], None]:
    """Keep a picture for the user guide, in the folder named by GEOSEG_PICTURES."""
    folder = os.environ.get("GEOSEG_PICTURES")

    def keep(page: Page, name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            waiting = "document.querySelector('[data-testid=stSkeleton], [data-stale=true]')"
            page.wait_for_function(f"!{waiting}")
            page.wait_for_timeout(500)
            page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
