"""Scores by slope, aspect, land cover and coverage: counts of the parts are those of the whole."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window
from sklearn.metrics import confusion_matrix

from geoseg.evaluation import Confusion, count
from geoseg.evaluation.counts import SMALL_POSITIVES
from geoseg.evaluation.ground import ground_stack
from geoseg.evaluation.strata import (
    FACING,
    Strata,
    StrataScores,
    aspect_classes,
    cover_classes,
    coverage_classes,
    missing_strata,
    open_strata,
    slope_classes,
)
from geoseg.evaluation.unnamed_ids import MOST, UnnamedIds
from geoseg.simulate.cover import Cover
from geoseg.stack import blocks, open_stack
from geoseg.tasks import LANDSLIDES, WETLANDS
from geoseg.tasks.landslides import LAND_COVER
from geoseg.tasks.ravines import RAVINES

PLACE = Affine(10, 0, 500_000, 0, -10, 6_600_000)
SIDE = 40


def write(path, values, names, nodata=None):
    values = np.asarray(values)
    with rasterio.open(
        path, "w", driver="GTiff", count=len(names), height=SIDE, width=SIDE,
        dtype=values.dtype, crs="EPSG:32633", transform=PLACE, nodata=nodata,
    ) as dataset:  # fmt: skip
        dataset.write(values.reshape(len(names), SIDE, SIDE))
        dataset.descriptions = names
    return path


@pytest.fixture
def scene(tmp_path):
    """East half falls 20 degrees to the east, west half is level; forest in the north."""
    cols = np.indices((SIDE, SIDE))[1]
    elevation = np.where(cols >= 20, 900 - (cols - 20) * 10 * np.tan(np.radians(20)), 900)
    cover = np.full((SIDE, SIDE), Cover.FOREST)
    cover[20:] = 99
    values = np.stack([elevation, cover]).astype(np.float32)
    coverage = np.full((SIDE, SIDE), 100, np.uint8)
    coverage[:, :5], coverage[:, 5:8] = 255, 60
    return (
        open_stack([write(tmp_path / "s.tif", values, ("elevation", "CART_landcover"))], LANDSLIDES),
        write(tmp_path / "coverage.tif", coverage, ("coverage",), 255),
    )  # fmt: skip


def scored(stack, coverage, classes, reference, size=17):
    with open_strata(stack, coverage) as strata:
        scores = [StrataScores(one) for one in strata]
        for window in blocks(stack.grid, size):
            part = window.toslices()
            for one, score in zip(strata, scores, strict=True):
                score.add(one.read(window), classes[part], reference[part])
    return {(row.kind, row.name): row for score in scores for row in score.rows()}


def test_each_pixel_counts_where_it_lies(scene):
    stack, coverage = scene
    rng = np.random.default_rng(2)
    classes, reference = rng.choice([0, 1, 255], (2, SIDE, SIDE), p=[0.5, 0.4, 0.1]).astype("u1")
    rows = scored(stack, coverage, classes, reference)
    inner = (slice(1, -1), slice(21, -1))
    slope = rows["slope", "15 to 25°"].confusion
    assert slope == count(classes[inner], reference[inner])
    assert rows["aspect", "facing east"].pixels >= slope.total
    forest = rows["land cover", "forest"].confusion
    assert forest == count(classes[:20], reference[:20])
    assert ("land cover", "water") not in rows
    half = rows["coverage", "half of the bands or more"].confusion
    assert half == count(classes[:, 5:8], reference[:, 5:8])
    every = rows["coverage", "every band"].confusion
    assert half + every == count(classes[:, 5:], reference[:, 5:])


def test_blocks_do_not_matter(scene):
    rng = np.random.default_rng(3)
    classes, reference = rng.integers(0, 2, (2, SIDE, SIDE)).astype(np.uint8)
    assert scored(*scene, classes, reference, 7) == scored(*scene, classes, reference, 40)


def test_aspect_sectors_turn_with_the_compass():
    aspect = np.array([0, 22.4, 22.6, 90, 180, 270, 337.4, 337.6, 359.9, 10, np.nan], np.float32)
    slope = np.array([9, 9, 9, 9, 9, 9, 9, 9, 9, 1, 0], np.float32)
    names = [FACING[place] for place in aspect_classes(aspect, slope)]
    short = [name.removeprefix("facing ") for name in names]
    assert short == [
        "north", "north", "northeast", "east", "south", "west", "northwest", "north", "north",
        "level, below 2°", "level, below 2°",
    ]  # fmt: skip


def test_classes_begin_at_their_edges_and_the_unknown_stays_so():
    slope = np.array([0, 4.99, 5, 35, 45, 90, np.nan], np.float32)
    assert slope_classes(slope).tolist() == [0, 0, 1, 4, 5, 5, 255]
    assert coverage_classes(np.array([0, 49, 50, 99, 100, np.nan], np.float32)).tolist() == [
        255, 0, 1, 1, 2, 255,
    ]  # fmt: skip
    assert cover_classes(np.array([1, 10, 11, np.nan], np.float32), LAND_COVER).tolist() == [
        0, 9, 255, 255,
    ]  # fmt: skip
    known = aspect_classes(np.array([90], np.float32), np.array([np.nan], np.float32))
    assert known.tolist() == [255]


def test_small_classes_are_marked_and_undefined_scores_say_so():
    score = StrataScores(Strata("slope", ("flat", "steep", "cliff"), lambda _: np.zeros((1, 1))))
    few, many = SMALL_POSITIVES - 1, SMALL_POSITIVES
    ids = np.concatenate([np.zeros(few), np.ones(many), np.full(5, 255)]).astype(np.uint8)
    score.add(ids, np.zeros_like(ids), np.ones_like(ids))
    flat, steep = score.rows()
    assert (flat.small, steep.small) == (True, False)
    assert steep.confusion == Confusion(fn=many)
    assert steep.record()["precision"] is None
    assert "precision is undefined: no pixel was mapped as the feature" in steep.record()["notes"]


def test_strata_share_the_pixels_of_every_class_out():
    rng = np.random.default_rng(3)
    ids = rng.choice(np.uint8([0, 1, 255]), (50, 40))
    mapped, true = rng.choice(np.uint8([0, 1, 2, 255]), (2, 50, 40))
    reference = np.where(true == 255, 255, true > 0).astype(np.uint8)
    score = StrataScores(Strata("slope", ("flat", "steep"), lambda _: ids), 3)
    for rows in (slice(0, 20), slice(20, 50)):
        score.add(ids[rows], mapped[rows], reference[rows], true[rows])
    found = score.rows()
    for place, row in enumerate(found):
        here = (ids == place) & (mapped != 255) & (true != 255)
        expected = confusion_matrix(true[here], mapped[here], labels=[0, 1, 2])
        assert (row.by_class.matrix == expected.T).all()
        assert row.by_class.any_class() == row.confusion
    assert [row["name"] for row in found[0].record(RAVINES.classes)["classes"]][2] == "sharp ravine"


def test_ids_without_a_name_are_counted_where_the_map_has_data():
    cover = np.float32([[1, 7, 7, np.nan], [9, 7, 1, 9]])
    unnamed = UnnamedIds("cover", ((1, "urban"),))
    strata = Strata("land cover", ("urban",), lambda _: np.uint8([]),
                    lambda window: cover[window.toslices()], unnamed)  # fmt: skip
    mapped = np.uint8([[0, 1, 0, 0], [0, 255, 0, 0]])
    assert unnamed.note("here") == ""
    for row in (0, 1):
        strata.look_for_unnamed(Window(0, row, 4, 1), mapped[row : row + 1])
    assert dict(unnamed.pixels) == {7: 2, 9: 2}
    told = "ids without a name here: 7 (2 pixels), 9 (2 pixels), 4 pixels in all"
    assert told in unnamed.note("here")


def test_measured_values_in_place_of_ids_stay_few():
    unnamed = UnnamedIds("cover", ((1, "urban"),))
    for values in np.arange(50_000, dtype=np.float32).reshape(5, -1) + 0.5:
        unnamed.add(values)
    assert len(unnamed.pixels) == MOST
    assert "and others, 50,000 pixels in all" in unnamed.note("here")


def test_what_is_missing_is_said(scene, tmp_path):
    assert missing_strata(*scene) == ()
    optical = write(tmp_path / "optical.tif", np.zeros((1, SIDE, SIDE), np.float32), ("B3",))
    stack = ground_stack([optical], WETLANDS, scene[0].grid)
    assert [note.split(":")[0] for note in missing_strata(stack)] == [
        "no scores by slope", "no scores by the direction of the ground",
        "no scores by land cover", "no scores by coverage",
    ]  # fmt: skip
    with open_strata(stack) as strata:
        assert strata == []


def test_the_legend_is_that_of_the_simulator():
    assert [number for number, _ in LAND_COVER] == [int(cover) for cover in Cover]
    same = {Cover.SNOW: "glacier and snow", Cover.BARE_ROCK: "bare rock"}
    for number, name in LAND_COVER:
        assert name == same.get(Cover(number), Cover(number).name.lower())
