"""The real server, started as a user starts it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
START_LIMIT_S = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def address(tmp_path_factory) -> Iterator[str]:
    """The running app with a workspace of its own."""
    port, home = free_port(), tmp_path_factory.mktemp("app")
    with (home / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=REPOSITORY,
            env={**os.environ, "GEOSEG_HOME": str(home / "home")},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + START_LIMIT_S
    try:
        while not answers(url):
            said = (home / "log.txt").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < end, said
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(30)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/api/health", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def test_pages_api_and_assets_share_one_port(address):
    assert "<title>" in httpx.get(f"{address}/").text
    assert httpx.get(f"{address}/_stcore/health").text == "ok"
    assert httpx.get(f"{address}/assets/maplibre-gl.js").headers["content-type"].startswith("text/")
    assert httpx.get(f"{address}/api/v1/areas").status_code == 200
    assert httpx.get(f"{address}/tiles/nosuch/info").status_code == 404
    assert httpx.get(f"{address}/tiles/nosuch/info").json()["detail"]


def test_a_worker_comes_up_and_the_demo_area_is_made(address):
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        health = httpx.get(f"{address}/api/health").json()
        areas = httpx.get(f"{address}/api/v1/areas").json()
        if health["worker"] and areas:
            break
        time.sleep(0.3)
    assert health["worker"]
    assert areas[0]["kind"] == "demo"
    assert areas[0]["simulated"]


def test_the_server_never_loads_torch():
    code = "import app, sys; sys.exit('torch' in sys.modules or 'openvino' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False)
    assert done.returncode == 0
