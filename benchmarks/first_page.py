"""How long a user waits: from the start of the server to its first page, and for a map tile.

    python -m benchmarks.first_page

Beside it the same for a Streamlit script of one line, the least any such app can need. Seconds on
the clock depend on what else the machine does, the processor's seconds hardly. The result goes to
results/first_page.json.
"""

import json
import os
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil
from playwright.sync_api import Browser, sync_playwright

REPOSITORY = Path(__file__).resolve().parent.parent
RESULT = Path(__file__).parent / "results" / "first_page.json"
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip
ROUNDS = 3
PATIENCE_S = 120
DEMO_ZOOM_SPAN = 3


def main() -> None:
    """Measure and write the result."""
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        home, least = Path(folder) / "home", Path(folder) / "least.py"
        least.write_text('import streamlit as st\nst.title("GeoSeg")\n')
        result = {
            "machine": machine(),
            "first start, empty workspace": start_and_look(browser, REPOSITORY / "app.py", home),
            "later starts": median(
                lambda: start_and_look(browser, REPOSITORY / "app.py", home), ROUNDS
            ),
            "a script of one line": median(lambda: start_and_look(browser, least, home), ROUNDS),
            "tiles of the demo area": tiles(home),
        }
        browser.close()
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(result, indent=2))


def start_and_look(browser: Browser, script: Path, home: Path) -> dict[str, float]:
    """Return seconds from the start of the process to answer, page and content."""
    began = time.perf_counter()
    with server(script, home) as (address, process):
        wait_for(f"{address}/_stcore/health")
        answers_s = time.perf_counter() - began
        httpx.get(address, timeout=PATIENCE_S)
        html_s = time.perf_counter() - began
        page = browser.new_page()
        page.goto(address)
        page.get_by_role("heading", name="GeoSeg").first.wait_for(timeout=PATIENCE_S * 1000)
        content_s = time.perf_counter() - began
        spent = psutil.Process(process.pid).cpu_times()
        again = time.perf_counter()
        page.reload()
        page.get_by_role("heading", name="GeoSeg").first.wait_for(timeout=PATIENCE_S * 1000)
        reload_s = time.perf_counter() - again
        page.close()
    return {
        "server_answers_s": answers_s, "html_s": html_s, "content_on_screen_s": content_s,
        "reload_s": reload_s, "server_cpu_s": spent.user + spent.system,
    }  # fmt: skip


def tiles(home: Path) -> dict[str, float]:
    """Return milliseconds for tiles of the demo area, asked one after the other."""
    os.environ["GEOSEG_HOME"] = str(home)
    from geoseg.web.layers import register, tile_url
    from geoseg.workspace import ensure_demo_area

    stack = ensure_demo_area().rasters[0]
    with server(REPOSITORY / "app.py", home) as (address, _):
        wait_for(f"{address}/api/health")
        hillshade = tile_url(register(stack, "hillshade", band=10))
        radar = tile_url(register(stack, "band", band=3))
        with httpx.Client(base_url=address, timeout=PATIENCE_S) as client:
            wait_for(f"{address}/tiles/{hillshade.split('/')[2]}/info")
            places = places_of(client, hillshade.split("/")[2])
            first_ms = ask(client, hillshade, places[:1])[0]
            fresh = ask(client, hillshade, places) + ask(client, radar, places)
            kept = ask(client, radar, places)
    return {
        "tiles": len(fresh),
        "very_first_ms": first_ms,
        "fresh_median_ms": statistics.median(fresh),
        "fresh_slowest_ms": max(fresh),
        "kept_median_ms": statistics.median(kept),
    }


def places_of(client: httpx.Client, layer: str) -> list[tuple[int, int, int]]:
    """Return the tiles over the layer at its own zoom and the two above it."""
    from morecantile import tms

    info = client.get(f"/tiles/{layer}/info").json()
    finest = info["maxzoom"] - DEMO_ZOOM_SPAN
    zooms = list(range(finest - 2, finest + 1))
    return [(t.z, t.x, t.y) for t in tms.get("WebMercatorQuad").tiles(*info["bounds"], zooms)]


def ask(client: httpx.Client, url: str, places: list[tuple[int, int, int]]) -> list[float]:
    """Return the milliseconds of each tile."""
    times = []
    for z, x, y in places:
        began = time.perf_counter()
        client.get(url.format(z=z, x=x, y=y)).raise_for_status()
        times.append((time.perf_counter() - began) * 1000)
    return times


@contextmanager
def server(script: Path, home: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run a Streamlit script on a free port; yields its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port),
               "--server.headless", "true", "--browser.gatherUsageStats", "false",
               "--browser.serverAddress", "localhost"]  # fmt: skip
    process = subprocess.Popen(
        command, cwd=script.parent, env={**os.environ, "GEOSEG_HOME": str(home)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(30)


def wait_for(url: str) -> None:
    """Ask until the server answers."""
    end = time.perf_counter() + PATIENCE_S
    while time.perf_counter() < end:
        try:
            if httpx.get(url, timeout=PATIENCE_S).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {PATIENCE_S} s")


def median(measure: Callable[[], dict[str, float]], rounds: int) -> dict[str, float]:
    """Return the middle of several measurements, number by number."""
    found = [measure() for _ in range(rounds)]
    return {name: statistics.median(one[name] for one in found) for name in found[0]}


def machine() -> dict[str, Any]:
    """Describe what it was measured on."""
    load = os.getloadavg()[0]
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load_before": round(load, 1),
        "python": platform.python_version(),
    }


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()
