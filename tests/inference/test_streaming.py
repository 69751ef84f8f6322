"""Laws of the ensemble: tiles leave no trace, members average, nothing is lost at the edges."""

from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.errors import ModelError, RunCancelledError, SettingsError
from geoseg.inference import ensemble
from geoseg.inference.streaming import predict_strips
from geoseg.settings import RunSettings

RNG = np.random.default_rng(7)


def noise(bands, height, width):
    return RNG.normal(size=(bands, height, width)).astype(np.float32)


def logistic(values):
    return 1 / (1 + np.exp(-values))


@pytest.mark.parametrize(("height", "width"), [(200, 330), (33, 33), (64, 64), (65, 500)])
def test_a_member_that_sees_one_pixel_gives_the_same_map_as_without_tiles(
    make_stack, pixel_member, predict, height, width
):
    values = noise(2, height, width)
    result = predict(make_stack(values), [pixel_member(bands=2)])
    np.testing.assert_allclose(result.probability[0], logistic(values.sum(axis=0)), atol=1e-6)


@pytest.mark.parametrize(("height", "width"), [(256, 352), (160, 64), (1024, 32)])
def test_tiled_equals_whole_everywhere_where_the_margin_covers_what_a_member_sees(
    make_stack, near_member, predict, height, width
):
    values = noise(1, height, width)
    member = near_member(radius=16)  # overlap 64 trims 16 pixels
    whole = member.probability(values[None])[0]
    tiled = predict(make_stack(values), [member], size=128, overlap=64)
    if min(height, width) < 128:  # smaller than a tile: mirrored instead of zero beyond the edge
        inner = np.s_[:, : max(height - 16, 0), : max(width - 16, 0)]
    else:
        inner = np.s_[:]
    np.testing.assert_allclose(tiled.probability[inner], whole[inner], atol=1e-6)


def test_a_member_that_sees_farther_than_the_margin_differs(make_stack, near_member, predict):
    values = noise(1, 256, 256)
    member = near_member(radius=20)
    whole = member.probability(values[None])[0]
    tiled = predict(make_stack(values), [member], size=128, overlap=64)
    assert np.abs(tiled.probability - whole).max() > 1e-4


@pytest.fixture(scope="module")
def tools(make_stack, pixel_member, predict):
    return make_stack, pixel_member, predict


@settings(max_examples=40, deadline=None)
@given(height=st.integers(1, 150), width=st.integers(1, 150), tile=st.sampled_from([32, 64, 96]))
def test_any_size_gets_a_value_at_every_pixel(tools, height, width, tile):
    make_stack, pixel_member, predict = tools
    values = noise(1, height, width)
    result = predict(
        make_stack(values), [pixel_member()], size=tile, overlap=32 if tile >= 64 else 0
    )
    assert result.probability.shape == (1, height, width)
    np.testing.assert_allclose(result.probability, logistic(values), atol=1e-6)
    assert (result.coverage == 100).all()


@pytest.mark.parametrize("shape", [(1, 300), (300, 1), (1, 1)])
def test_lines_and_a_single_pixel(make_stack, pixel_member, predict, shape):
    values = noise(1, *shape)
    result = predict(make_stack(values), [pixel_member()])
    np.testing.assert_allclose(result.probability, logistic(values), atol=1e-6)


def test_a_constant_stack_gives_a_seamless_map(make_stack, pixel_member, predict):
    result = predict(make_stack(np.full((1, 333, 217), 0.3, np.float32)), [pixel_member()])
    assert np.ptp(result.probability) < 1e-6


def test_k_members_are_the_mean_of_k_single_runs(make_stack, near_member, predict):
    stack = make_stack(noise(1, 150, 210))
    members = [near_member(radius=9, shift=shift, name=str(shift)) for shift in (-1, 0, 0.2, 2)]
    together = predict(stack, members, threshold=0.6)
    single = np.stack([predict(stack, [member]).probability for member in members])
    np.testing.assert_allclose(together.probability, single.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(together.spread, single.std(axis=0), atol=1e-6)
    votes = (single >= np.float32(0.6)).mean(axis=0)
    np.testing.assert_allclose(together.agreement, votes, atol=1e-6)


def test_a_single_member_has_no_spread_and_agrees_with_itself(make_stack, near_member, predict):
    result = predict(make_stack(noise(1, 100, 100)), [near_member(radius=3)])
    assert not result.spread.any()
    np.testing.assert_array_equal(result.agreement, result.probability >= np.float32(0.5))


def test_the_order_of_members_hardly_matters(make_stack, near_member, predict):
    stack = make_stack(noise(1, 100, 100))
    members = [near_member(radius=3, shift=shift) for shift in (-2, 0, 3)]
    one, other = predict(stack, members), predict(stack, members[::-1])
    np.testing.assert_allclose(one.probability, other.probability, atol=1e-6)
    np.testing.assert_allclose(one.spread, other.spread, atol=1e-6)


@pytest.mark.parametrize("batch", [1, 2, 3, 50])
def test_the_result_does_not_depend_on_the_batch(make_stack, near_member, predict, batch):
    stack = make_stack(noise(1, 130, 400))
    member, batched = near_member(radius=9), near_member(radius=9)
    batched.batch = batch
    expected, found = predict(stack, [member]), predict(stack, [batched])
    np.testing.assert_allclose(found.probability, expected.probability, atol=1e-6)
    assert max(batched.asked, default=0) <= batch


def test_flipping_the_scene_flips_the_map(make_stack, pixel_member, predict):
    values = noise(1, 128, 192)
    upright = predict(make_stack(values), [pixel_member()])
    flipped = predict(make_stack(values[:, ::-1]), [pixel_member()])
    np.testing.assert_allclose(flipped.probability[:, ::-1], upright.probability, atol=1e-6)


def test_no_data_is_where_every_band_is_missing(make_stack, pixel_member, predict):
    values = noise(4, 90, 120)
    values[:, 10:20, 30:40] = np.nan
    values[:3, 50:60, 60:70] = np.nan
    values[0, 0, 0] = np.inf
    result = predict(make_stack(values), [pixel_member(bands=4)])
    missing = np.zeros((90, 120), bool)
    missing[10:20, 30:40] = True
    single = result.probability, result.spread, result.agreement, result.single
    for layer in (*(layer[0] for layer in single), result.entropy, result.mutual_information):
        np.testing.assert_array_equal(np.isnan(layer), missing)
    assert (result.coverage[missing] == 255).all()
    assert (result.coverage[50:60, 60:70] == 25).all()
    assert result.coverage[0, 0] == 75
    np.testing.assert_allclose(
        result.probability[0, 50:60, 60:70], logistic(values[3, 50:60, 60:70]), atol=1e-6
    )


def test_the_stack_is_left_as_it_was(make_stack, pixel_member, predict):
    values = noise(1, 40, 40)
    values[0, 3, 3] = np.inf
    stack = make_stack(values)
    predict(stack, [pixel_member()])
    assert np.isinf(stack.values[0, 3, 3])


def test_tiles_without_data_are_not_asked_for(make_stack, pixel_member, predict):
    values = np.full((1, 256, 256), np.nan, np.float32)
    values[0, :40, :40] = 1.0
    member = pixel_member()
    events = []
    result = predict(make_stack(values), [member], progress=events.append)
    assert sum(member.asked) < 10
    assert np.isfinite(result.probability[0, :40, :40]).all()
    assert events[-1].done == events[-1].total == 49


def test_a_scene_without_any_data_is_no_data(make_stack, pixel_member, predict):
    result = predict(make_stack(np.full((1, 70, 70), np.nan, np.float32)), [pixel_member()])
    assert np.isnan(result.probability).all()
    assert (result.coverage == 255).all()


def test_classes_are_kept_apart(make_stack, predict):
    class Three:
        name, bands, classes = "three", ("b0",), 3

        def probability(self, tiles):
            share = logistic(tiles)
            return np.concatenate([share / 2, share / 2, 1 - share], axis=1)

    values = noise(1, 100, 80)
    result = predict(make_stack(values), [Three(), Three()])
    np.testing.assert_allclose(result.probability[2], 1 - logistic(values[0]), atol=1e-6)
    np.testing.assert_allclose(result.probability.sum(axis=0), 1, atol=1e-5)


@dataclass
class CountingStack:
    """Counts how often every row is read."""

    inner: object
    reads: list

    @property
    def names(self):
        return self.inner.names

    @property
    def grid(self):
        return self.inner.grid

    @contextmanager
    def open(self):
        with self.inner.open() as reader:
            self.reader = reader
            yield self

    def read(self, window):
        self.reads.extend(range(window.row_off, window.row_off + window.height))
        return self.reader.read(window)


@pytest.mark.parametrize("height", [20, 64, 100, 333])
def test_every_row_is_read_once_for_all_members(make_stack, pixel_member, predict, height):
    stack = CountingStack(make_stack(noise(1, height, 50)), [])
    predict(stack, [pixel_member(), pixel_member(), pixel_member()])
    assert sorted(stack.reads) == list(range(height))


def test_progress_tells_every_batch_of_every_member(make_stack, pixel_member, predict):
    events = []
    members = [pixel_member(name="a"), pixel_member(name="b")]
    predict(make_stack(noise(1, 100, 100)), members, progress=events.append)
    for name in "ab":
        done = [event.done for event in events if event.member == name]
        assert done == sorted(done)
        assert done[-1] == 9
    assert {(event.stage, event.total) for event in events} == {("predicting", 9)}


def test_cancel_stops_at_the_next_batch(make_stack, pixel_member, predict):
    member = pixel_member()
    member.batch = 1
    with pytest.raises(RunCancelledError, match="cancelled"):
        predict(make_stack(noise(1, 300, 300)), [member], cancelled=lambda: len(member.asked) >= 3)
    assert len(member.asked) == 3


class Hungry:
    """Runs out of memory above a batch."""

    name, bands, classes, batch = "hungry", ("b0",), 1, 8

    def __init__(self, limit):
        self.limit = limit

    def probability(self, tiles):
        if len(tiles) > self.limit:
            raise MemoryError
        return logistic(tiles)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_batch_halves_itself_when_memory_runs_out(make_stack, predict, limit):
    events = []
    values = noise(1, 70, 500)
    result = predict(make_stack(values), [Hungry(limit)], progress=events.append)
    np.testing.assert_allclose(result.probability, logistic(values), atol=1e-6)
    told = [event.stage for event in events if "memory ran short" in event.stage]
    assert told[-1] == f"memory ran short, going on with {min(limit, 2)} tiles at a time"


def test_too_little_memory_for_one_tile_is_a_sentence(make_stack, predict):
    with pytest.raises(SettingsError, match="one tile of 64 x 64 pixels with hungry"):
        predict(make_stack(noise(1, 70, 70)), [Hungry(0)])


def test_members_of_other_bands_are_refused(make_stack, pixel_member, predict):
    with pytest.raises(ModelError, match="reads the bands b0, b1, the stack has b0"):
        predict(make_stack(noise(1, 9, 9)), [pixel_member(bands=2)])


def test_an_empty_ensemble_is_refused(make_stack, predict):
    with pytest.raises(ModelError, match="at least one member"):
        predict(make_stack(noise(1, 9, 9)), [])


def test_members_of_other_classes_are_refused(make_stack, pixel_member, predict):
    odd = pixel_member(name="odd")
    odd.classes = 2
    with pytest.raises(ModelError, match="member odd maps 2 classes, pixel 1"):
        predict(make_stack(noise(1, 9, 9)), [pixel_member(), odd])


@pytest.mark.parametrize("answer", [np.nan, 2.0, -1.0])
def test_an_answer_that_is_no_probability_is_refused(make_stack, pixel_member, predict, answer):
    member = pixel_member()
    member.probability = lambda tiles: np.full((len(tiles), 1, 64, 64), answer, np.float32)
    with pytest.raises(ModelError, match=r"values outside 0\.\.1"):
        predict(make_stack(noise(1, 9, 9)), [member])


def test_an_answer_of_another_shape_is_refused(make_stack, pixel_member, predict):
    member = pixel_member()
    member.probability = lambda tiles: np.zeros((len(tiles), 64, 64), np.float32)
    with pytest.raises(ModelError, match=r"answered with shape \(1, 64, 64\)"):
        predict(make_stack(noise(1, 9, 9)), [member])


def test_a_fault_while_reading_comes_through(make_stack, pixel_member, predict):
    stack = CountingStack(make_stack(noise(1, 200, 50)), [])
    stack.reads = None
    with pytest.raises(AttributeError):
        predict(stack, [pixel_member()])


def test_a_wide_ensemble_waits_on_disk_with_the_same_result(
    make_stack, near_member, predict, monkeypatch
):
    stack = make_stack(noise(1, 150, 210))
    members = [near_member(radius=5, shift=shift) for shift in (0, 1)]
    expected = predict(stack, members)
    monkeypatch.setattr(ensemble, "CARRY_BUDGET_BYTES", 100)
    assert isinstance(ensemble.carries(2, 1, 16, 210), np.memmap)
    np.testing.assert_array_equal(predict(stack, members).probability, expected.probability)


def test_leaving_early_closes_the_files(make_stack, pixel_member):
    closed = []

    @dataclass
    class Watched(CountingStack):
        @contextmanager
        def open(self):
            try:
                yield self
            finally:
                closed.append(True)

        def read(self, window):
            return self.inner.values[:, window.row_off : window.row_off + window.height]

    stack = Watched(make_stack(noise(1, 900, 50)), [])
    strips = predict_strips(stack, [pixel_member()], RunSettings(setting="x"))
    next(strips)
    strips.close()
    assert closed == [True]
