"""Both runtimes answer alike, refuse altered weights, and keep what they prepared."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from geoseg.errors import ModelError, RunCancelledError, SettingsError
from geoseg.inference import runtime
from geoseg.inference.arithmetic import computed_in, fast_note
from geoseg.inference.openvino_runtime import (
    OpenVinoMember,
    is_converted,
    read_or_convert,
)
from geoseg.inference.runtime import choose_device, load_members
from geoseg.inference.torch_runtime import CpuMember, Upload
from geoseg.inference.turns import TurnedMember
from geoseg.models.card import ARCHITECTURES
from geoseg.processor import has_bfloat16
from geoseg.settings import RunSettings, TileSettings

SIDE = 128
SETTINGS = RunSettings(
    task="custom", setting="x", tiles=TileSettings(size=SIDE, overlap=64), device="cpu"
)


@pytest.fixture(scope="module")
def shared_cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _no_cache_of_the_user(shared_cache, monkeypatch):
    monkeypatch.setenv("GEOSEG_CACHE", str(shared_cache))
    monkeypatch.setenv("GEOSEG_THREADS", "1")
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def tiles():
    values = np.random.default_rng(3).normal(size=(2, 3, SIDE, SIDE)).astype(np.float32)
    values[0, 1, 10:30] = np.nan
    return values


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_openvino_answers_as_torch_for_every_architecture(random_member, tiles, architecture):
    member = random_member(architecture)
    plain = CpuMember(member, "exact").probability(tiles)
    exact = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    assert plain.shape == (2, 1, SIDE, SIDE)
    assert np.ptp(plain) > 1e-3
    np.testing.assert_allclose(exact, plain, atol=1e-4)


def test_fast_is_near_exact(random_member, tiles):
    member = random_member()
    exact = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    fast = OpenVinoMember(member, "fast", SIDE).probability(tiles)
    np.testing.assert_allclose(fast, exact, atol=0.05)
    assert has_bfloat16() == (np.abs(fast - exact).max() > 1e-5)


@pytest.mark.parametrize("precision", ["exact", "fast"])
def test_without_bfloat16_fast_is_exact_and_says_so(random_member, tiles, monkeypatch, precision):
    member = random_member()
    exact = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    monkeypatch.setenv("GEOSEG_BFLOAT16", "off")
    asked = OpenVinoMember(member, precision, SIDE)
    np.testing.assert_array_equal(asked.probability(tiles), exact)
    assert computed_in([asked]) == ("float32",)
    assert ("has no bfloat16" in fast_note(precision, [asked])) == (precision == "fast")


def test_what_a_member_computes_in_is_told_through_its_turns(random_member):
    fast = SimpleNamespace(name="short", bands=("a",), classes=1, computes_in="bfloat16")
    assert computed_in([TurnedMember(fast)]) == ("bfloat16",)
    assert computed_in([fast, CpuMember(random_member(), "fast")]) == ("bfloat16", "float32")
    assert fast_note("fast", [fast]) == ""


def test_a_small_area_is_told_to_be_computed_exactly(random_member, monkeypatch):
    monkeypatch.setattr("geoseg.inference.arithmetic.fast_may_be_faster", lambda: True)
    assert "so small" in fast_note("fast", [CpuMember(random_member(), "fast")])


def test_several_classes_sum_to_one_in_both(random_member, tiles):
    member = random_member(classes=3)
    plain = CpuMember(member, "exact").probability(tiles)
    np.testing.assert_allclose(plain.sum(axis=1), 1, atol=1e-5)
    converted = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    np.testing.assert_allclose(converted, plain, atol=1e-4)


def test_a_band_constant_in_training_is_not_divided_by_zero(random_member, tiles):
    member = random_member(std=0.0, name="constant")
    plain = CpuMember(member, "exact").probability(tiles)
    assert np.isfinite(plain).all()
    converted = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    np.testing.assert_allclose(converted, plain, atol=1e-4)


def test_missing_values_are_predicted_as_the_training_mean(random_member, tiles):
    member = random_member()
    filled = tiles.copy()
    filled[0, 1, 10:30] = member.card.bands[1].mean
    for ready in (CpuMember(member, "exact"), OpenVinoMember(member, "exact", SIDE)):
        np.testing.assert_allclose(ready.probability(tiles), ready.probability(filled), atol=1e-6)


@pytest.mark.parametrize("runtime_name", ["torch", "openvino"])
def test_an_answer_does_not_depend_on_the_tiles_beside_it(random_member, tiles, runtime_name):
    member = random_member()
    ready = (
        CpuMember(member, "exact")
        if runtime_name == "torch"
        else OpenVinoMember(member, "exact", SIDE)
    )
    together = ready.probability(tiles)
    alone = np.concatenate([ready.probability(tile[None]) for tile in tiles])
    np.testing.assert_array_equal(together, alone)


def test_small_work_goes_by_plain_torch_and_large_work_is_converted(random_member):
    member = random_member(seed=1)
    (small,) = load_members([member], SETTINGS, (100, 100))
    assert isinstance(small, CpuMember)
    (large,) = load_members([member], SETTINGS)
    assert isinstance(large, OpenVinoMember)
    (cached,) = load_members([member], SETTINGS, (100, 100))
    assert isinstance(cached, OpenVinoMember)


def test_what_was_converted_is_used_again_without_torch(random_member, tiles, monkeypatch):
    member = random_member()
    first = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    monkeypatch.setitem(sys.modules, "geoseg.inference.torch_runtime", None)
    again = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    np.testing.assert_array_equal(first, again)


def test_a_damaged_cache_is_converted_again(random_member, tiles, shared_cache):
    member = random_member()
    first = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    for xml in shared_cache.rglob("*.xml"):
        xml.write_text("<not a network")
    again = OpenVinoMember(member, "exact", SIDE).probability(tiles)
    np.testing.assert_array_equal(first, again)
    assert is_converted(member, SIDE)


def test_other_tiles_are_another_network_in_the_cache(random_member):
    member = random_member()
    read_or_convert(member, SIDE)
    assert is_converted(member, SIDE)
    assert not is_converted(member, 2 * SIDE)


def test_a_cache_that_cannot_be_written_does_not_stop_a_run(
    random_member, tiles, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path / "file"))
    member = OpenVinoMember(random_member(), "exact", SIDE)
    assert np.isfinite(member.probability(tiles)).all()


@pytest.mark.parametrize("shape", [(100, 100), None])
def test_altered_weights_are_refused(random_member, shape):
    member = random_member(name=f"altered-{shape}")
    content = bytearray(member.weights.read_bytes())
    content[-1] ^= 1
    member.weights.write_bytes(content)
    with pytest.raises(ModelError, match="altered or damaged"):
        load_members([member], SETTINGS, shape)


def test_altered_weights_are_refused_although_the_cache_holds_the_network(random_member):
    member = random_member(name="altered-later")
    read_or_convert(member, SIDE)
    member.weights.write_bytes(b"other")
    with pytest.raises(ModelError, match="altered or damaged"):
        load_members([member], SETTINGS)


def test_loading_tells_of_every_network_and_can_be_cancelled(random_member):
    members = [random_member(seed=seed) for seed in (0, 1)]
    events = []
    load_members(members, SETTINGS, (64, 64), events.append)
    assert [(event.done, event.total) for event in events] == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(RunCancelledError):
        load_members(members, SETTINGS, (64, 64), cancelled=lambda: True)


@pytest.mark.parametrize("shape", [(40, 40), None])
def test_tiles_too_small_for_an_architecture_are_a_sentence(
    random_member, make_stack, predict, shape
):
    small = SETTINGS.model_copy(update={"tiles": TileSettings(size=64, overlap=32)})
    values = np.ones((3, 40, 40), np.float32)
    with pytest.raises(ModelError, match=r"\(PAN\) cannot read tiles of 64 pixels"):
        predict(make_stack(values), load_members([random_member("PAN")], small, shape))


def test_a_gpu_that_is_not_there_is_a_sentence(monkeypatch):
    monkeypatch.setattr(runtime, "_has_gpu", lambda: False)
    with pytest.raises(SettingsError, match="no GPU that PyTorch can use was found"):
        choose_device(RunSettings(setting="x", device="cuda"))
    assert choose_device(RunSettings(setting="x", device="auto")) == "cpu"


def test_a_batch_is_sent_to_the_device_once_for_all_members(tiles):
    upload = Upload(torch.device("cpu"))
    first = upload(tiles)
    assert upload(tiles) is first
    assert upload(tiles.copy()) is not first


@pytest.mark.parametrize("shape", [(100, 100), None])
def test_a_run_with_real_networks_is_the_mean_of_single_runs(
    random_member, make_stack, predict, shape
):
    values = np.random.default_rng(5).normal(size=(3, 90, 140)).astype(np.float32)
    zoo = [random_member(seed=seed) for seed in (0, 1)]
    members = load_members(zoo, SETTINGS, shape)
    together = predict(make_stack(values), members, size=SIDE)
    single = [predict(make_stack(values), [member], size=SIDE).probability for member in members]
    np.testing.assert_allclose(together.probability, np.mean(single, axis=0), atol=1e-6)
    np.testing.assert_allclose(together.spread, np.std(single, axis=0), atol=1e-6)
