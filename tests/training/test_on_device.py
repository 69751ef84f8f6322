"""Crops cut on a device by one look-up are those cut in memory by slices."""

import numpy as np
import pytest
import torch

from geoseg.models.card import BandStatistics
from geoseg.training.dataset import UNKNOWN, LabelledScene
from geoseg.training.sampling import CropSampler, ScenesOnDevice, make_ready

STATISTICS = [BandStatistics(name=name, mean=3, std=2) for name in "abc"]


def made_up(seed, height, width):
    rng = np.random.default_rng(seed)
    label = (rng.random((height, width)) < 0.02).astype(np.uint8)
    label[:, :3] = UNKNOWN if seed else 0
    bands = rng.normal(size=(3, height, width)).astype(np.float32)
    return LabelledScene(str(seed), bands, label, False)


@pytest.mark.parametrize("jitter", [0.0, 0.2])
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_both_ways_of_cutting_agree(device, jitter):
    if device == "cuda" and not torch.cuda.is_available():
        pytest.skip("needs a CUDA device")
    scenes = [
        make_ready(made_up(*at), STATISTICS) for at in ((0, 50, 70), (1, 90, 41), (2, 33, 33))
    ]
    sampler = CropSampler(scenes, 32, 24, 0.5, jitter, seed=4)
    there = ScenesOnDevice(scenes, torch.device(device))
    for step in range(4):
        bands, label = sampler.draw(step)
        found_bands, found_label = there.cut(sampler.plan(step), 32)
        torch.testing.assert_close(found_bands.cpu(), bands)
        assert torch.equal(found_label.cpu(), label)
        assert found_bands.is_contiguous(memory_format=torch.channels_last)
        assert bands.is_contiguous(memory_format=torch.channels_last)


def test_a_scene_without_unknown_pixels_says_so():
    full, holed = (make_ready(made_up(seed, 40, 40), STATISTICS) for seed in (0, 1))
    assert CropSampler([full], 32, 2, 0.5, 0.0, 0).all_known
    assert not CropSampler([full, holed], 32, 2, 0.5, 0.0, 0).all_known
