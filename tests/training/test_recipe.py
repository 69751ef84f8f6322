"""The thesis's recipe, point by point (Article V): every point by a case made by hand."""

import numpy as np
import pytest
import torch
from torch import nn

from geoseg.models.card import BandStatistics
from geoseg.tasks import find_task
from geoseg.training.checkpoint import Standing
from geoseg.training.dataset import LabelledScene, band_statistics
from geoseg.training.losses import make_loss
from geoseg.training.optimising import RunningMean, make_optimiser
from geoseg.training.sampling import CropSampler, make_ready
from geoseg.training.scores import Scores
from geoseg.training.scoring import score
from geoseg.training.settings import RECIPES, TrainSettings
from geoseg.training.trainer import _is_exhausted

THESIS = RECIPES["thesis"]
PLAIN = [BandStatistics(name="row", mean=0, std=1), BandStatistics(name="col", mean=0, std=1)]


def scene(height, width, feature=()):
    label = np.zeros((height, width), np.uint8)
    for at in feature:
        label[at] = 1
    return LabelledScene("made", np.indices((height, width)).astype(np.float32), label, False)


class Fixed(nn.Module):
    """Says 'feature' where the first band is above 0."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1))
        self.seen = []

    def forward(self, bands):
        self.seen.append(tuple(bands.shape[-2:]))
        return bands[:, :1] * self.weight


def test_an_epoch_is_1000_samples_in_the_code_and_1000_steps_of_four_in_the_text():
    code, text = RECIPES["thesis"], RECIPES["thesis-text"]
    assert (code.batch, text.batch) == (4, 4)
    assert code.steps_per_epoch * code.batch == 1000
    assert text.steps_per_epoch == 1000
    chosen = TrainSettings(task="landslides", setting="s1", recipe="thesis-text")
    assert chosen.completed == text


def test_crops_are_256_hold_a_positive_pixel_and_stay_inside():
    corner = make_ready(scene(300, 270, [(0, 269)]), PLAIN, THESIS.crop)
    sampler = CropSampler([corner], THESIS.crop, THESIS.batch, THESIS.positive_share, 0.0, seed=3)
    assert THESIS.crop == 256
    for step in range(5):
        plan = sampler.plan(step)
        assert plan.row.tolist() == [0] * 4  # the anchor is in the first row: shifted inside
        assert (plan.col == 270 - 256).all()
        bands, label = sampler.draw(step)
        assert bands.shape == (4, 2, 256, 256)
        assert (label == 1).flatten(1).sum(1).tolist() == [1] * 4


def test_an_anchor_stands_anywhere_in_its_crop():
    ready = make_ready(scene(200, 200, [(100, 100)]), PLAIN)
    sampler = CropSampler([ready], 64, 400, 1.0, 0.0, seed=0)
    places = 100 - sampler.plan(0).row
    assert (places.min(), places.max()) == (0, 63)
    assert places.mean() == pytest.approx(31.5, abs=3)


def test_each_flip_and_the_turn_happen_half_of_the_time_and_apart():
    ready = make_ready(scene(64, 64, [(5, 5)]), PLAIN)
    coins = CropSampler([ready], 32, 4000, 1.0, 0.0, seed=0).plan(0).coins
    np.testing.assert_allclose(coins.mean(0), 0.5, atol=0.03)
    np.testing.assert_allclose(np.corrcoef(coins.T), np.eye(3), atol=0.05)


def test_statistics_are_of_all_scenes_and_missing_values_become_0_after_normalising():
    task = find_task("wetlands")
    bands = np.random.default_rng(0).normal(5, 2, (6, 8, 8)).astype(np.float32)
    bands[0] = np.arange(64).reshape(8, 8)
    bands[0, 0, 0] = np.nan
    first = LabelledScene("a", bands, np.ones((8, 8), np.uint8), False)
    second = LabelledScene("b", bands + 100, np.zeros((8, 8), np.uint8), False)
    statistics = band_statistics([first, second], task, "landsat")
    values = np.concatenate([np.arange(1, 64), np.arange(1, 64) + 100])
    assert statistics[0].mean == pytest.approx(values.mean())
    assert statistics[0].std == pytest.approx(values.std())
    ready = make_ready(first, statistics)
    assert ready.bands[0, 0, 0] == 0
    assert ready.bands[0, 0, 1] == pytest.approx((1 - values.mean()) / values.std(), rel=1e-5)


def test_adam_without_decay_and_a_tenth_of_the_rate_after_ten_validations_without_gain():
    network = nn.Linear(1, 1)
    optimiser, schedule = make_optimiser(network, THESIS)
    assert type(optimiser) is torch.optim.Adam
    assert optimiser.defaults["weight_decay"] == 0
    assert optimiser.defaults["lr"] == 0.001
    rates = []
    for loss in [1.0, *[1.0] * 11]:
        schedule.after_validation(loss)
        rates.append(optimiser.param_groups[0]["lr"])
    assert rates[:11] == [0.001] * 11
    assert rates[11] == pytest.approx(0.0001)


def test_it_ends_50_epochs_after_the_best_f1_and_keeps_those_weights_as_they_are():
    assert not _is_exhausted(Standing(epoch=59, best_epoch=10), THESIS.patience_epochs)
    assert _is_exhausted(Standing(epoch=60, best_epoch=10), THESIS.patience_epochs)
    network = nn.Linear(1, 1)
    assert RunningMean(network, THESIS.averaging).network is network
    assert not THESIS.reduced_precision
    assert THESIS.largest_gradient == float("inf")


def test_validation_sees_whole_scenes_cut_to_a_multiple_of_32_around_the_centre():
    # 70 x 100: rows 3 to 66, columns 2 to 97 remain; only one of these pixels is in both.
    judged = scene(70, 100, [(2, 50), (3, 50), (66, 97), (67, 50)])
    ready, network = make_ready(judged, PLAIN), Fixed()
    found = score(network, [ready], make_loss("Dice"), cropped=True)
    assert network.seen == [(64, 96)]
    assert (found.true, found.found, found.hits) == (2, 64 * 96, 2)
    whole = score(Fixed(), [ready], make_loss("Dice"))
    assert whole.true == 4
    assert whole.found == 70 * 100


def test_scores_by_hand():
    scores = Scores(hits=6, found=8, true=12, loss=0.5)
    assert (scores.precision, scores.recall) == (0.75, 0.5)
    assert scores.f1 == pytest.approx(0.6)
    nothing = Scores(hits=0, found=0, true=5, loss=0.5)
    assert (nothing.precision, nothing.recall, nothing.f1) == (None, 0.0, 0.0)
