"""Labels of several bands are read where their meaning is certain, and refused elsewhere."""

import dataclasses

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from geoseg.errors import ReferenceMapError, TrainingError
from geoseg.files.parts import with_part
from geoseg.grid import Grid
from geoseg.stack import open_reference
from geoseg.stack.label_bands import read_label
from geoseg.tasks import ClassLabel

GRID = Grid(CRS.from_epsg(32633), Affine(10, 0, 500_000, 0, -10, 6_600_000), 40, 30)
TRUTH = np.zeros((30, 40), np.uint8)
TRUTH[5:12, 7:20] = 1
ONEHOT = np.stack([1 - TRUTH, TRUTH])
BLUE = np.stack([0 * TRUTH, 128 * TRUTH, 255 * TRUTH])


def read(reference):
    with reference.open() as reader:
        return reader.read(Window(0, 0, 40, 30))


@pytest.fixture
def four_classes(two_bands):
    labels = ("none", "Nival", "Glacial", "Karst-water")
    return dataclasses.replace(
        two_bands,
        reference_positive=(1, 2, 3),
        classes=tuple(ClassLabel(at, name, "#000000") for at, name in enumerate(labels)),
    )


@pytest.mark.parametrize(
    "values",
    [ONEHOT, BLUE, np.stack([TRUTH, TRUTH]), np.stack([TRUTH, 200 * TRUTH]).astype(np.float32)],
    ids=["one-hot", "picture", "two equal bands", "classes and how sure"],
)
def test_several_bands_without_a_word_are_refused_with_the_ways_out(write, two_bands, values):
    path = write("truth.tif", values)
    with pytest.raises(ReferenceMapError, match=r"bands .*'truth\.tif:1'.*'truth\.tif:onehot'.*#"):
        open_reference(path, GRID, two_bands)


@pytest.mark.parametrize("names", [("none", "slide"), ("Background", "SLIDES")])
@pytest.mark.parametrize("most", [1, 255])
def test_bands_called_like_the_classes_hold_one_class_each(write, two_bands, names, most):
    reference = open_reference(write("t.tif", ONEHOT * most, names=names), GRID, two_bands)
    np.testing.assert_array_equal(read(reference), TRUTH)
    assert "one band for every class" in reference.notes[0]


def test_their_order_is_that_of_the_names(write, two_bands):
    path = write("t.tif", ONEHOT[::-1], names=("slide", "none"))
    np.testing.assert_array_equal(read(open_reference(path, GRID, two_bands)), TRUTH)


def test_several_classes_keep_their_ids_and_unmapped_pixels_stay_unknown(write, four_classes):
    ids = np.arange(30 * 40).reshape(30, 40) % 4
    bands = np.stack([ids == at for at in (0, 3, 1, 2)]).astype(np.int16)
    bands[:, :2] = 0
    path = write("t.tif", bands, names=("none", "karst water", "nival", "GLACIAL"), nodata=0)
    reference = open_reference(path, GRID, four_classes)
    with reference.open_ids() as reader:
        found = reader.read(Window(0, 0, 40, 30))
    assert (found[:2] == 255).all()
    np.testing.assert_array_equal(found[2:], ids[2:])
    assert reference.ids == (0, 1, 2, 3)


def test_the_user_says_how_bands_are_read(write, two_bands):
    onehot, picture = write("onehot.tif", ONEHOT), write("picture.tif", BLUE)
    for path, part in ((onehot, "onehot"), (onehot, "2"), (picture, "#0080ff"),
                       (picture, "#0080FF,#ff0000")):  # fmt: skip
        reference = open_reference(with_part(path, part), GRID, two_bands)
        np.testing.assert_array_equal(read(reference), TRUTH)


def test_a_band_is_named_by_its_description_too(write, two_bands):
    path = write("t.tif", np.stack([200 * TRUTH, TRUTH]), names=("how sure", "Slides"))
    found = open_reference(with_part(path, "slides"), GRID, two_bands)
    np.testing.assert_array_equal(read(found), TRUTH)
    with pytest.raises(ReferenceMapError, match=r"has no band snow; it has how sure, Slides"):
        open_reference(with_part(path, "snow"), GRID, two_bands)


@pytest.mark.parametrize(
    ("values", "words"),
    [(ONEHOT * 0.4, "values such as 0.4"), (ONEHOT * 0 + 1, "several classes at once")],
)
def test_what_was_called_one_class_a_band_and_is_not_is_refused(write, two_bands, values, words):
    path = write("t.tif", values.astype(np.float32), names=("none", "slide"))
    with pytest.raises(ReferenceMapError, match=words):
        open_reference(path, GRID, two_bands)


def test_transparency_and_colour_tables_leave_one_band_of_ids(write, two_bands):
    path = write("t.tif", np.stack([TRUTH, TRUTH * 0 + 255]), photometric="MINISBLACK", alpha="YES")
    with rasterio.open(path) as file:
        assert file.colorinterp[1] is ColorInterp.alpha
    np.testing.assert_array_equal(read(open_reference(path, GRID, two_bands)), TRUTH)
    path = write("palette.tif", TRUTH, photometric="PALETTE")
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {0: (0, 0, 0, 255), 1: (0, 128, 255, 255)})
    np.testing.assert_array_equal(read(open_reference(path, GRID, two_bands)), TRUTH)


def test_255_beside_0_and_1_is_unknown_and_beside_0_alone_must_be_said(write, two_bands):
    values = TRUTH.copy()
    values[0] = 255
    reference = open_reference(write("t.tif", values), GRID, two_bands)
    np.testing.assert_array_equal(read(reference), values)
    assert "t.tif holds 255 beside 0 and 1; it is read as unknown" in reference.notes
    path = write("mask.tif", TRUTH * 255)
    with pytest.raises(ReferenceMapError, match=r"holds 0 and 255.*--positive 255"):
        open_reference(path, GRID, two_bands)
    np.testing.assert_array_equal(read(open_reference(path, GRID, two_bands, [255])), TRUTH)


def test_probabilities_are_no_classes(write, two_bands):
    path = write("p.tif", TRUTH * np.float32(0.7))
    with pytest.raises(ReferenceMapError, match=r"measured values such as 0\.7"):
        open_reference(path, GRID, two_bands)


def test_labels_of_a_dataset_follow_the_same_rule(write, two_bands):
    with rasterio.open(write("named.tif", ONEHOT, names=("none", "slide"))) as file:
        np.testing.assert_array_equal(read_label(file, two_bands, TrainingError), TRUTH)
    for values in (ONEHOT, BLUE):
        with (
            rasterio.open(write("label.tif", values)) as file,
            pytest.raises(TrainingError, match=r"label\.tif has . bands .*write one band of ids"),
        ):
            read_label(file, two_bands, TrainingError)


@pytest.mark.parametrize("part", ["Gräben", "GRÄBEN", "gra\u0308ben "])
def test_bands_are_named_in_any_letters_as_classes_are(write, two_bands, part):
    path = with_part(write("t.tif", ONEHOT[::-1], names=("Gräben", "rest")), part)
    np.testing.assert_array_equal(read(open_reference(path, GRID, two_bands)), TRUTH)


def test_names_of_classes_are_the_same_in_either_coding_of_umlauts(write, two_bands):
    label = dataclasses.replace(two_bands.classes[1], name="Gräben")
    task = dataclasses.replace(two_bands, classes=(two_bands.classes[0], label))
    path = write("t.tif", ONEHOT, names=("none", "Gra\u0308ben"))
    np.testing.assert_array_equal(read(open_reference(path, GRID, task)), TRUTH)
