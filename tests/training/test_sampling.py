"""Crops hold what they are anchored on, and bands turn with their labels."""

import numpy as np
import pytest
import torch

from geoseg.models.card import BandStatistics
from geoseg.training.dataset import UNKNOWN, LabelledScene
from geoseg.training.sampling import CropSampler, make_ready, turned

PLAIN = [BandStatistics(name="row", mean=0, std=1), BandStatistics(name="col", mean=0, std=1)]


def place_scene(height=90, width=70):
    """Bands hold their own row and column; one corner pixel is the feature."""
    bands = np.indices((height, width)).astype(np.float32)
    label = np.zeros((height, width), np.uint8)
    label[3, 66] = 1
    label[:, :5] = UNKNOWN
    return LabelledScene("place", bands, label, simulated=False)


def sampler(scene, **changes):
    choices = {"crop": 32, "batch": 16, "positive_share": 1.0, "jitter": 0.0, "seed": 1}
    return CropSampler([make_ready(scene, PLAIN, 32)], **(choices | changes))


def test_the_same_step_draws_the_same_crops_and_the_next_one_others():
    crops = sampler(place_scene())
    torch.testing.assert_close(crops.draw(3)[0], crops.draw(3)[0])
    assert not torch.equal(crops.draw(3)[0], crops.draw(4)[0])


def test_every_anchored_crop_holds_the_feature():
    _, label = sampler(place_scene()).draw(0)
    assert (label == 1).flatten(1).any(1).all()


def test_without_anchors_most_crops_miss_a_single_pixel():
    _, label = sampler(place_scene(), positive_share=0.0).draw(0)
    assert (label == 1).flatten(1).any(1).float().mean() < 0.7


def test_bands_and_label_turn_together():
    bands, label = sampler(place_scene()).draw(5)
    for crop, truth in zip(bands, label, strict=True):
        row, col = (truth == 1).nonzero()[0]
        assert crop[:, row, col].tolist() == [3, 66]


@pytest.mark.parametrize("coins", list(np.ndindex(2, 2, 2)))
def test_turning_keeps_every_pixel_and_is_undone_by_hand(coins):
    values = np.arange(32).reshape(4, 4, 2)
    back = turned(values, np.array(coins))
    assert sorted(back.flat) == sorted(values.flat)
    if coins[2]:
        back = np.rot90(back, -1)
    back = back[::-1] if coins[1] else back
    back = back[:, ::-1] if coins[0] else back
    np.testing.assert_array_equal(back, values)


def test_a_scene_smaller_than_a_crop_grows_by_unknown_pixels():
    ready = make_ready(place_scene(20, 70), PLAIN, 32)
    assert ready.label.shape == (32, 70)
    assert (ready.label[20:] == UNKNOWN).all()


def test_missing_values_stand_at_the_training_mean():
    scene = place_scene()
    scene.bands[0, 0, 0] = np.nan
    ready = make_ready(scene, [BandStatistics(name="row", mean=4, std=2), PLAIN[1]])
    assert ready.bands[0, 0, 0] == 0
    assert ready.bands[0, 8, 0] == 2


def test_jitter_changes_values_but_not_labels():
    still, moved = sampler(place_scene()), sampler(place_scene(), jitter=0.2)
    assert not torch.equal(still.draw(0)[0][0], moved.draw(0)[0][0])
    torch.testing.assert_close(still.draw(0)[1][0], moved.draw(0)[1][0])
