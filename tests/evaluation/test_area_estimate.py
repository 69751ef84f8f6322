"""Corrected areas: the worked example of Olofsson et al. (2014), laws, hand-made cases."""

import json

import numpy as np
import pytest
from rasterio.windows import Window
from scipy import stats

from geoseg.errors import ReferenceMapError
from geoseg.evaluation.area_estimate import NORMAL_95, AreaEstimate, estimate_from_sample
from geoseg.evaluation.area_squares import SquareCounts

CLASSES = ("deforestation", "forest gain", "stable forest", "stable non-forest")
COUNTS = [[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]]
PIXELS = (200_000, 150_000, 3_200_000, 6_450_000)
HECTARE_M2 = 10_000


@pytest.fixture(scope="module")
def published():
    return estimate_from_sample(COUNTS, [pixels * 900 for pixels in PIXELS], CLASSES)


def test_the_published_areas_come_out(published):
    found = [
        (round(row.area_m2.value / HECTARE_M2), round(row.area_m2.margin / HECTARE_M2))
        for row in published.classes
    ]
    # The paper rounds to whole standard errors and 1.96 first.
    areas = [(21_158, 6_158), (11_686, 3_756), (285_770, 15_510), (581_386, 16_282)]
    for (area, margin), (paper_area, paper_margin) in zip(found, areas, strict=True):
        assert area == paper_area
        assert margin == pytest.approx(paper_margin, abs=2)


def test_the_published_accuracies_come_out(published):
    def rounded(interval):
        return round(interval.value, 2), round(interval.margin, 2)

    assert rounded(published.overall) == (0.95, 0.02)
    users = [(0.88, 0.07), (0.73, 0.10), (0.93, 0.04), (0.96, 0.02)]
    assert [rounded(row.users) for row in published.classes] == users
    assert [round(row.producers.value, 2) for row in published.classes] == [0.75, 0.85, 0.93, 0.96]


def test_errors_are_those_of_samples_drawn_again(published):
    """Standard errors by formula against the scatter over 4000 simulated samples."""
    rng, mapped = np.random.default_rng(5), np.asarray(PIXELS, float)
    totals = [sum(row) for row in COUNTS]
    drawn = np.stack(
        [
            rng.multinomial(n, np.divide(row, n), 4000) / n
            for row, n in zip(COUNTS, totals, strict=True)
        ],
        axis=1,
    )
    areas = np.einsum("i,dij->dj", mapped, drawn)
    right = np.einsum("dii->di", drawn) * mapped
    for place, row in enumerate(published.classes):
        assert row.area_m2.error == pytest.approx(areas[:, place].std() * 900, rel=0.05)
        # A ratio of two random numbers: the formula is its straight-line approximation.
        scatter = (right / areas)[:, place].std()
        assert row.producers.error == pytest.approx(scatter, rel=0.1)
    assert published.overall.error == pytest.approx((right.sum(1) / mapped.sum()).std(), rel=0.05)


def test_the_corrected_areas_add_up_to_the_map(published):
    total = sum(row.area_m2.value for row in published.classes)
    assert total == pytest.approx(sum(PIXELS) * 900)


def test_an_estimate_survives_json(published):
    assert AreaEstimate.from_record(json.loads(json.dumps(published.record()))) == published


def test_the_normal_interval_is_that_of_scipy():
    assert stats.norm.ppf(0.975) == pytest.approx(NORMAL_95)


def test_two_classes_by_hand():
    found = estimate_from_sample([[9, 1], [2, 8]], [900, 100], ["none", "slide"])
    none, slide = found.classes
    assert slide.area_m2.value == pytest.approx(900 * 0.1 + 100 * 0.8)
    error = np.sqrt(0.9**2 * 0.1 * 0.9 / 9 + 0.1**2 * 0.2 * 0.8 / 9) * 1000
    assert slide.area_m2.error == pytest.approx(error)
    assert slide.area_m2.low == 0
    assert none.users.value == 0.9
    assert slide.producers.value == pytest.approx(80 / 170)


def test_an_even_sample_gives_the_simple_shares():
    """Sample units in proportion to the areas: the corrected share is the plain share."""
    found = estimate_from_sample([[80, 10], [2, 8]], [900, 100], ["none", "slide"])
    assert found.classes[1].area_m2.value == pytest.approx(1000 * 18 / 100)
    assert found.overall.value == pytest.approx(0.88)


def test_what_is_undefined_is_none_and_says_why():
    found = estimate_from_sample([[10, 0], [0, 0]], [50, 0], ["none", "slide"])
    slide = found.classes[1]
    assert slide.area_m2.value == 0
    assert slide.users.value is slide.producers.value is None
    assert "user's accuracy of slide is undefined: nothing is mapped so" in found.notes
    assert (
        "producer's accuracy of slide is undefined: the reference holds none of it" in found.notes
    )
    one = estimate_from_sample([[10, 0], [0, 1]], [50, 50], ["none", "slide"])
    assert one.classes[1].area_m2.error is None
    assert "one sample unit in slide is too few for an interval; add more" in one.notes


@pytest.mark.parametrize(
    ("counts", "areas", "sentence"),
    [
        ([[1, 2]], [1, 1], "do not fit 2 classes; expected as many rows"),
        ([[1, 0], [0, -1]], [1, 1], "must not be negative"),
        ([[1, 0], [0, 1]], [0, 0], "some area must be mapped"),
        ([[1, 0], [0, 0]], [1, 1], "no unit where the map shows slide; expected at least two"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(counts, areas, sentence):
    with pytest.raises(ReferenceMapError, match=sentence):
        estimate_from_sample(counts, areas, ["none", "slide"])


def squares_of(classes, reference, size=None, block=37):
    height, width = classes.shape
    counts = SquareCounts(height, width, size)
    for row in range(0, height, block):
        for col in range(0, width, block):
            window = Window(col, row, min(block, width - col), min(block, height - row))
            part = window.toslices()
            counts.add(window, classes[part], reference[part])
    return counts.estimate(100.0, ("none", "slide"))


def scene(seed=1, side=240, clump=1):
    rng = np.random.default_rng(seed)
    coarse = rng.random((side // clump, side // clump))
    reference = (np.kron(coarse, np.ones((clump, clump))) < 0.2).astype(np.uint8)
    wrong = np.kron(rng.random(coarse.shape), np.ones((clump, clump))) < 0.15
    return np.where(wrong, 1 - reference, reference).astype(np.uint8), reference


def test_a_reference_of_the_whole_map_gives_its_own_area():
    classes, reference = scene()
    found = squares_of(classes, reference)
    slide = found.classes[1]
    assert slide.area_m2.value == pytest.approx(reference.sum() * 100)
    assert slide.mapped_m2 == classes.sum() * 100
    assert slide.area_m2.low < slide.area_m2.value < slide.area_m2.high
    assert slide.users.value == pytest.approx((classes & reference).sum() / classes.sum())
    assert slide.producers.value == pytest.approx((classes & reference).sum() / reference.sum())
    assert found.overall.value == pytest.approx((classes == reference).mean())
    assert any("covers the whole map" in note for note in found.notes)


def test_blocks_do_not_matter():
    classes, reference = scene(2)
    assert squares_of(classes, reference, block=240) == squares_of(classes, reference, block=11)


def test_independent_pixels_give_the_interval_of_a_random_sample():
    """Where neighbours really are independent, squares and the formula of the paper agree."""
    classes, reference = scene(3)
    known = np.random.default_rng(4).random(reference.shape) < 0.5
    found = squares_of(classes, np.where(known, reference, 255).astype(np.uint8))
    matrix = [
        [int(np.sum(known & (classes == i) & (reference == j))) for j in (0, 1)] for i in (0, 1)
    ]
    areas = [int((classes == i).sum()) * 100 for i in (0, 1)]
    sample = estimate_from_sample(matrix, areas, ("none", "slide"))
    for mine, theirs in zip(found.classes, sample.classes, strict=True):
        assert mine.area_m2.value == pytest.approx(theirs.area_m2.value)
        assert mine.area_m2.error == pytest.approx(theirs.area_m2.error, rel=0.3)
        assert mine.producers.error == pytest.approx(theirs.producers.error, rel=0.3)


def test_clumped_errors_widen_the_interval():
    """Patches of 8 x 8 pixels that are wrong together count like one, not like 64."""
    fine, coarse = (squares_of(*scene(5, clump=clump)) for clump in (1, 8))
    assert coarse.classes[1].area_m2.error > 4 * fine.classes[1].area_m2.error


def test_too_few_squares_give_no_interval_and_say_so():
    classes, reference = scene(6, side=24)
    found = squares_of(classes, reference)
    assert found.classes[1].area_m2.value == pytest.approx(reference.sum() * 100)
    assert found.classes[1].area_m2.error is None
    assert found.notes[0] == (
        "only 9 squares of 8 x 8 pixels lie in the reference, too few for an interval; "
        "expected at least 20"
    )


def test_nothing_mapped_leaves_users_accuracy_undefined():
    _, reference = scene(7)
    found = squares_of(np.zeros_like(reference), reference)
    assert found.classes[1].users.value is None
    assert found.classes[1].producers.value == 0
    assert found.classes[1].mapped_m2 == 0


@pytest.mark.parametrize(
    ("height", "width", "size"),
    [(24, 24, 8), (512, 512, 51), (4000, 4000, 64), (40_000, 60_000, 490)],
)
def test_squares_are_neither_too_few_nor_too_many(height, width, size):
    assert SquareCounts(height, width).size == size
