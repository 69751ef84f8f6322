"""What hiding a band changes, for members whose answers are known by hand."""

import numpy as np
import pytest

from geoseg.errors import RunCancelledError
from geoseg.inference.ensemble import Mix
from geoseg.inference.occlusion import Hidden, Patch, occlude

BANDS = [Hidden("b0", (0,)), Hidden("b1", (1,)), Hidden("both", (0, 1))]


class Linear:
    """Says a share of each band; a missing one counts as 0, its training mean."""

    classes = 1

    def __init__(self, *shares, name="linear"):
        self.name, self.shares = name, shares
        self.bands = tuple(f"b{place}" for place in range(len(shares)))

    def probability(self, tiles):
        shares = np.array(self.shares, np.float32)[:, None, None]
        return np.clip((np.nan_to_num(tiles) * shares).sum(axis=1, keepdims=True), 0, 1)


def patch(values, weight=1.0, truth=255, side=32):
    values = np.array(values, np.float32)[:, None, None] * np.ones((1, side, side), np.float32)
    shape = values.shape[1:]
    return Patch(values, np.full(shape, weight, np.float32), np.full(shape, truth, np.uint8))


def tally_of(patches, members, **choices):
    return occlude(patches, members, BANDS, **{"mix": Mix(), "threshold": 0.5} | choices)


def falls(tally, where=0):
    return (tally.probability[0, where] - tally.probability[1:, where]) / tally.weight[where]


def test_the_fall_is_what_the_band_gave():
    tally = tally_of([patch([1, 1])], [Linear(0.6, 0.3)])
    np.testing.assert_allclose(tally.probability[0] / tally.weight, 0.9, atol=1e-6)
    np.testing.assert_allclose(falls(tally), [0.6, 0.3, 0.9], atol=1e-6)
    np.testing.assert_allclose(tally.moved / tally.weight[0], [0, 0.6, 0.3, 0.9], atol=1e-6)


def test_a_band_that_is_missing_anyway_changes_nothing():
    tally = tally_of([patch([1, np.nan])], [Linear(0.6, 0.3)])
    np.testing.assert_allclose(falls(tally), [0.6, 0, 0.6], atol=1e-6)


def test_weights_of_pixels_and_of_members_count():
    heavy, light = patch([1, 0]), patch([0, 1], weight=0.25)
    members = [Linear(0.8, 0.0, name="first"), Linear(0.0, 0.4, name="second")]
    tally = tally_of([heavy, light], members, mix=Mix((3.0, 1.0)))
    # 0.75 * 0.8 on the heavy patch, 0.25 * 0.4 on the light one; weights 1 and 0.25.
    np.testing.assert_allclose(falls(tally)[:2], [0.6 / 1.25, 0.1 * 0.25 / 1.25], atol=1e-6)
    own = (tally.by_member[:, 0, 0] - tally.by_member[:, 1:, 0].T) / tally.weight[0]
    np.testing.assert_allclose(own[0], [0.8 / 1.25, 0], atol=1e-6)
    np.testing.assert_allclose(own[1], [0, 0.4 * 0.25 / 1.25], atol=1e-6)


def test_the_mapped_ground_is_what_is_mapped_with_nothing_hidden():
    tally = tally_of([patch([1, 0]), patch([0.1, 0])], [Linear(0.6, 0.0)])
    assert tally.weight.tolist() == [2 * 32 * 32, 32 * 32]
    np.testing.assert_allclose(falls(tally, where=1), [0.6, 0, 0.6], atol=1e-6)


def test_counts_by_hand():
    pixels = 32 * 32
    patches = [patch([1, 0], truth=1), patch([0, 1], truth=0), patch([1, 1], truth=255)]
    tally = tally_of(patches, [Linear(0.6, 0.4), Linear(0.6, 0.6)])
    # Nothing hidden: found, and a false alarm of the second member's band (mean 0.5 of 0.4, 0.6).
    assert tally.counts.tolist() == [
        [pixels, pixels, 0, 0], [0, pixels, pixels, 0], [pixels, 0, 0, pixels],
        [0, 0, pixels, pixels],
    ]  # fmt: skip
    assert tally.counts_by_member[0, 0].tolist() == [pixels, 0, 0, pixels]
    assert tally.counts_by_member[1, 0].tolist() == [pixels, pixels, 0, 0]


def test_pixels_that_another_tile_decides_are_not_counted():
    tally = tally_of([patch([1, 1], weight=0.4, truth=1)], [Linear(0.6, 0.4)])
    assert not tally.counts.any()
    assert tally.weight[0] == pytest.approx(0.4 * 32 * 32)


def test_a_temperature_moves_the_ensemble_and_not_the_members():
    plain, cautious = (
        tally_of([patch([1, 1])], [Linear(0.6, 0.3)], mix=Mix(temperature=value))
        for value in (1, 2)
    )
    np.testing.assert_allclose(plain.by_member, cautious.by_member)
    assert cautious.probability[0, 0] < plain.probability[0, 0]


def test_cancel_and_progress():
    events, asked = [], iter(range(100))
    patches = [patch([1, 1])] * 3
    tally_of(patches, [Linear(1, 1)], total=3, progress=events.append)
    assert [(event.done, event.total) for event in events] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    with pytest.raises(RunCancelledError):
        tally_of(patches, [Linear(1, 1)], cancelled=lambda: next(asked) >= 2)
