"""Networks on a GPU answer as on the processor; skipped where there is none."""

import numpy as np
import pytest
import torch

from geoseg.inference.runtime import load_members
from geoseg.inference.torch_runtime import CpuMember, CudaMember, Upload, cuda_device
from geoseg.inference.turns import TurnedMember
from geoseg.models.card import ARCHITECTURES
from geoseg.settings import RunSettings, TileSettings

SIDE = 128
TILES = TileSettings(size=SIDE, overlap=64)

pytestmark = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")


@pytest.fixture(autouse=True)
def _no_cache_of_the_user(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_CACHE", str(tmp_path))


@pytest.fixture(scope="module")
def tiles():
    values = np.random.default_rng(3).normal(size=(5, 3, SIDE, SIDE)).astype(np.float32)
    values[0, 1, 10:30] = np.nan
    return values


def both(member, tiles, precision):
    there = CudaMember(member, precision, Upload(cuda_device()), SIDE)
    return there.probability(tiles), CpuMember(member, "exact").probability(tiles)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_exact_answers_as_the_processor_for_every_architecture(random_member, tiles, architecture):
    found, plain = both(random_member(architecture), tiles, "exact")
    assert np.ptp(plain) > 1e-3
    np.testing.assert_allclose(found, plain, atol=1e-4)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_fast_is_near_exact(random_member, tiles, architecture):
    """These networks answer with contrast, which also shows what rounding does at single pixels."""
    found, plain = both(random_member(architecture), tiles, "fast")
    apart = np.abs(found - plain)
    assert apart.mean() < 0.02
    assert (apart > 0.1).mean() < 0.05


def test_several_classes_sum_to_one(random_member, tiles):
    found, plain = both(random_member(classes=3), tiles, "exact")
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(found, plain, atol=1e-4)


@pytest.mark.parametrize("turns", [False, True])
def test_an_ensemble_maps_a_scene_as_on_the_processor(random_member, make_stack, predict, turns):
    rng = np.random.default_rng(5)
    stack = make_stack(rng.normal(size=(3, 130, 260)))
    some = [random_member("Unet"), random_member("FPN"), random_member("PSPNet", seed=2)]
    settings = RunSettings(task="custom", setting="x", tiles=TILES, device="cuda", turns=turns)
    there = load_members(some, settings, stack.grid.shape)
    here = [CpuMember(member, "exact") for member in some]
    here = [TurnedMember(member) for member in here] if turns else here
    maps = [predict(stack, members, size=SIDE, overlap=64) for members in (there, here)]
    for layer in ("probability", "spread", "entropy"):
        np.testing.assert_allclose(
            getattr(maps[0], layer), getattr(maps[1], layer), atol=2e-4, err_msg=layer
        )


class Hungry(torch.nn.Module):
    """Asks for more memory than there is where it gets more than two tiles."""

    def __init__(self, network):
        super().__init__()
        self.network, self.asked = network, []

    def forward(self, tiles):
        self.asked.append(len(tiles))
        if len(tiles) > 2:
            free, _ = torch.cuda.mem_get_info()
            torch.empty(free * 2, dtype=torch.uint8, device=tiles.device)
        return self.network(tiles)


def test_a_batch_too_large_for_the_card_is_halved_and_the_map_stays_the_same(
    random_member, make_stack, predict
):
    member = CudaMember(random_member(), "exact", Upload(cuda_device()), SIDE)
    stack = make_stack(np.random.default_rng(7).normal(size=(3, 130, 600)))
    whole = predict(stack, [member], size=SIDE, overlap=64)
    member._network = Hungry(member._network)
    found = predict(stack, [member], size=SIDE, overlap=64)
    assert max(member._network.asked) > 2 >= member._network.asked[-1]
    np.testing.assert_allclose(found.probability, whole.probability, atol=1e-5)
