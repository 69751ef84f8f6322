"""A run's cost is told before it starts, from what this machine has measured."""

import subprocess
import sys

import numpy as np
import pytest

from geoseg.inference.cost import Cost, estimate
from geoseg.inference.machine import core_count, read_speeds, remember_speeds, speed_key
from geoseg.settings import RunSettings

SETTINGS = RunSettings(task="custom", setting="x", device="cpu")


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path))
    return tmp_path


@pytest.fixture
def grid(make_stack):
    return make_stack(np.zeros((1, 256, 448), np.float32)).grid


def test_a_measured_speed_is_used(grid, random_member):
    member = random_member()
    before = estimate(grid, 3, [member], SETTINGS)
    remember_speeds({speed_key("Unet tu-resnet10t", 3, "exact", "cpu"): 256 * 256 / 50})
    after = estimate(grid, 3, [member], SETTINGS)
    assert before.tiles == after.tiles == 2
    assert after.seconds - before.seconds == pytest.approx(100, abs=2)


def test_more_members_cost_more(grid, random_member):
    member = random_member()
    one, four = (estimate(grid, 3, [member] * count, SETTINGS) for count in (1, 4))
    assert four.seconds > one.seconds
    assert four.memory_bytes > one.memory_bytes
    assert four.disk_bytes == one.disk_bytes


def test_fast_is_faster_and_threads_are_honoured(grid, random_member, monkeypatch):
    monkeypatch.setattr("geoseg.inference.cost.fast_may_be_faster", lambda: True)
    fast = SETTINGS.model_copy(update={"precision": "fast"})
    member = random_member()
    seconds = estimate(grid, 3, [member], SETTINGS).seconds
    assert estimate(grid, 3, [member], fast).seconds < seconds
    monkeypatch.setenv("GEOSEG_THREADS", str(core_count() + 1))
    assert estimate(grid, 3, [member], SETTINGS).seconds < seconds


def test_fast_is_not_promised_to_be_faster_without_bfloat16(grid, random_member, monkeypatch):
    monkeypatch.setattr("geoseg.inference.cost.fast_may_be_faster", lambda: False)
    fast, member = SETTINGS.model_copy(update={"precision": "fast"}), random_member()
    exact = estimate(grid, 3, [member], SETTINGS).seconds
    assert estimate(grid, 3, [member], fast).seconds == exact


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "2 seconds"), (8.4, "8 seconds"), (41, "40 seconds"), (120, "2 minutes"),
     (9000, "2.5 hours")],
)  # fmt: skip
def test_words(seconds, words):
    cost = Cost(seconds, 600_000_000, 25_000_000, 9)
    assert cost.words() == f"about {words}, 0.6 GB of memory, 25 MB of disk"


def test_a_damaged_file_of_speeds_is_forgotten(cache):
    (cache / "speeds.json").write_text("[1")
    assert read_speeds() == {}
    remember_speeds({"a": 2.0})
    assert read_speeds() == {"a": 2.0}


def test_a_run_remembers_the_speed_of_its_members(make_stack, pixel_member, predict):
    member = pixel_member()
    member.key = "pixel"
    predict(make_stack(np.ones((1, 300, 300), np.float32)), [member])
    assert read_speeds()["pixel"] > 0


def test_the_estimate_needs_no_torch_and_no_openvino():
    script = (
        "import sys, geoseg.inference.cost; "
        "print([name for name in ('torch', 'openvino') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"
