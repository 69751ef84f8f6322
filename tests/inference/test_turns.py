"""A turned member cares for no direction, and asks its member about eight positions."""

import numpy as np
import pytest

from geoseg.inference.runtime import load_members
from geoseg.inference.turns import POSITIONS, TurnedMember
from geoseg.settings import RunSettings

TILES = np.random.default_rng(3).normal(size=(2, 3, 64, 64)).astype(np.float32)


class Leaning:
    """Answers brighter from left to right and from top to bottom: as far from even as can be."""

    name, bands, classes = "leaning", ("b0", "b1", "b2"), 1

    def probability(self, tiles):
        rows, cols = np.indices(tiles.shape[2:]) / 64
        total = tiles.sum(axis=1, keepdims=True) * (0.2 + cols + rows**2)
        return (1 / (1 + np.exp(-total))).astype(np.float32)


@pytest.mark.parametrize("position", POSITIONS, ids=str)
def test_a_position_undoes_itself(position):
    np.testing.assert_array_equal(position.back(position.of(TILES)), TILES)


def test_there_are_eight_different_positions():
    square = np.arange(9, dtype=np.float32).reshape(1, 1, 3, 3)
    assert len({position.of(square).tobytes() for position in POSITIONS}) == 8


@pytest.mark.parametrize("position", POSITIONS, ids=str)
def test_a_turned_tile_gives_the_turned_map(position):
    member = TurnedMember(Leaning())
    turned = member.probability(position.of(TILES))
    np.testing.assert_allclose(turned, position.of(member.probability(TILES)), atol=1e-6)


def test_a_member_that_sees_single_pixels_answers_as_before(pixel_member):
    plain = pixel_member(bands=3)
    np.testing.assert_allclose(
        TurnedMember(plain).probability(TILES), plain.probability(TILES), atol=1e-6
    )


def test_it_is_the_mean_of_eight_answers():
    plain = Leaning()
    mean = np.mean([p.back(plain.probability(p.of(TILES))) for p in POSITIONS], axis=0)
    np.testing.assert_allclose(TurnedMember(plain).probability(TILES), mean, atol=1e-6)


def test_a_run_with_turns_loads_turned_members(random_member, monkeypatch):
    monkeypatch.setenv("GEOSEG_THREADS", "1")
    choices = RunSettings(setting="x", turns=True, device="cpu", tiles={"size": 64, "overlap": 0})
    (turned,) = load_members([random_member()], choices, (64, 64))
    (plain,) = load_members(
        [random_member()], choices.model_copy(update={"turns": False}), (64, 64)
    )
    assert (turned.name, turned.bands) == (plain.name, plain.bands)
    mean = np.mean([p.back(plain.probability(p.of(TILES))) for p in POSITIONS], axis=0)
    np.testing.assert_allclose(turned.probability(TILES), mean, atol=1e-5)
