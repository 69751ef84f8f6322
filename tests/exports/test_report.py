"""The report needs nothing else, says what was found in plain words, and believes no input."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

from geoseg.errors import ExportError
from geoseg.evaluation.counts import Confusion
from geoseg.exports.pictures import Frame, ground, hillshade, read_ids
from geoseg.exports.raster import RasterWriter
from geoseg.exports.record import make_record, write_record
from geoseg.exports.report import write_report
from geoseg.exports.vectors import write_vectors
from geoseg.mapping.polygons import polygonise
from geoseg.stack.source import BandSource
from geoseg.stack.stack import Layer
from geoseg.tasks import LANDSLIDES, BandKind


def write(path, grid, values):
    nodata = 255 if values.dtype == np.uint8 else float("nan")
    with RasterWriter(path, grid, [path.stem], values.dtype.name, nodata) as writer:
        writer.write(0, values)


@pytest.fixture
def classes(grid):
    values = np.zeros(grid.shape, np.uint8)
    values[100:150, 200:260] = 1
    values[300, 400] = 1
    values[:40, 100:300] = 255
    return values


@pytest.fixture
def run_folder(tmp_path, grid, classes, probability, facts):
    def make(metrics=None, **changes):
        folder = tmp_path / "run"
        folder.mkdir()
        write(folder / "classes.tif", grid, classes)
        write(folder / "probability.tif", grid, probability)
        write(folder / "spread.tif", grid, probability / 2)
        paths = [folder / f"{name}.tif" for name in ("classes", "probability", "spread")]
        outlines = polygonise(*paths, 0, LANDSLIDES.classes)
        write_vectors(outlines, folder)
        if metrics:
            confusion = np.where(classes == 255, 255, 4).astype(np.uint8)
            confusion[100:150, 200:260] = 1
            confusion[300, 400] = 2
            write(folder / "confusion.tif", grid, confusion)
        record = make_record(replace(facts, polygons=len(outlines), metrics=metrics, **changes))
        write_record(record, folder)
        return folder

    return make


class Reader(HTMLParser):
    """Collects the words, the tags and every address of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.addresses, self.open, pieces = [], [], [], []
        self.handle_data = pieces.append
        self.feed(page)
        self.words = " ".join(" ".join(pieces).split())

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href", "srcset")]
        if tag not in ("meta", "img", "link", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def read(folder, **choices):
    return Reader(write_report(folder, **choices).read_text(encoding="utf-8"))


def pictures(page):
    for address in page.addresses:
        data = base64.b64decode(address.removeprefix("data:image/png;base64,"))
        with Image.open(io.BytesIO(data)) as image:
            yield np.moveaxis(np.asarray(image), 2, 0)


METRICS = Confusion(tp=3000, fp=1, fn=0, tn=300_000).record() | {"threshold": 0.5}


def test_the_page_needs_nothing_from_elsewhere(run_folder):
    folder = run_folder(METRICS)
    page = read(folder)
    assert len(page.addresses) == 4
    assert all(address.startswith("data:image/png;base64,") for address in page.addresses)
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?:|//[a-z]|url\(|@import", re.sub(r'src="data:[^"]*"', "", text))
    assert "script" not in page.tags
    assert "link" not in page.tags
    assert page.open == []


def test_a_title_with_markup_stays_text(run_folder):
    page = read(run_folder())
    assert "Valley <script>alert(1)</script>" in page.words
    assert "script" not in page.tags


def test_the_answer_is_told_in_plain_words(run_folder):
    words = read(run_folder()).words
    assert (
        "The map shows 2 landslides, their outlines 30.0 ha in all; the largest 30.0 ha." in words
    )
    assert "No reference was given" in words
    assert "In 1 of them the networks disagree clearly" in words
    assert "unet-bce" in words
    assert "not measured" in words
    assert "dNDVI stack.tif#15" in words
    assert "EPSG:32633, 10 m pixels, 541 rows x 613 columns" in words


def test_metrics_come_with_their_meaning(run_folder):
    words = read(run_folder(METRICS)).words
    assert "more than 99 are so in the reference; fewer than 1 are not." in words
    assert "Missed: landslide in the reference only 0 0 m²" in words


def test_undefined_metrics_are_called_undefined(run_folder):
    words = read(run_folder(Confusion(tn=10).record())).words
    assert "Precision undefined Undefined: no pixel was mapped as the feature." in words


def test_simulated_data_are_called_simulated_at_the_top(run_folder):
    words = read(run_folder(simulated=True)).words
    assert words.index("SIMULATED DATA") < words.index("What was found")


def test_measured_data_are_not_called_simulated_but_the_networks_training_is(run_folder):
    words = read(run_folder()).words
    assert "SIMULATED DATA" not in words
    assert "trained on simulated scenes" in words


def test_the_picture_shows_what_was_mapped(run_folder):
    first, error_map, *_ = pictures(read(run_folder(METRICS)))
    assert first[:3, 120, 230].tolist() == [215, 48, 31]
    assert first[:3, 300, 400].tolist() == [215, 48, 31]
    assert first[:3, 20, 200].tolist() == [255, 255, 255]
    assert error_map[:3, 120, 230].tolist() == [27, 158, 90]
    assert error_map[:3, 300, 400].tolist() == [214, 39, 40]


def test_the_terrain_lies_under_the_pictures_where_it_is_at_hand(run_folder, tmp_path, grid):
    rows, columns = np.indices(grid.shape)
    elevation = (100 * np.sin(rows / 20) * np.cos(columns / 30)).astype(np.float32)
    write(tmp_path / "elevation.tif", grid, elevation)
    layer = Layer("elevation", BandSource(tmp_path / "elevation.tif", 1), BandKind.CONTINUOUS)
    folder = run_folder()
    plain, shaded = (next(pictures(read(folder, layers=layers))) for layers in ([], [layer]))
    assert np.unique(plain[0, 400:, :100]).size == 1
    assert np.unique(shaded[0, 400:, :100]).size > 10


def test_a_run_that_found_nothing_has_a_report(run_folder, classes):
    classes[classes == 1] = 0
    words = read(run_folder()).words
    assert "The map shows no landslide." in words
    assert "The largest landslides" not in words


def test_a_folder_that_is_no_run_is_told(tmp_path):
    with pytest.raises(ExportError, match=r"no run\.json"):
        write_report(tmp_path)


def test_a_feature_of_one_pixel_is_still_seen_in_a_small_picture(tmp_path, grid, classes):
    write(tmp_path / "classes.tif", grid, classes)
    small = read_ids(tmp_path / "classes.tif", Frame.of(grid, side=50), (1,), 0)
    assert max(small.shape) == 50
    assert small[300 * 44 // 541, 400 * 50 // 613] == 1
    assert (small == 255).any()
    assert (small == 0).any()


def test_a_small_picture_shows_the_commoner_of_right_and_wrong(tmp_path, grid):
    errors = np.full(grid.shape, 4, np.uint8)
    errors[:20, :20] = np.tile([1, 2, 2, 2], (20, 5))
    errors[400:420, 400:420] = np.tile([3, 3, 1, 255], (20, 5))
    write(tmp_path / "confusion.tif", grid, errors)
    small = read_ids(tmp_path / "confusion.tif", Frame.of(grid, side=50), (1, 2, 3), 4)
    assert small[0, 0] == 2
    assert small[410 * 44 // 541, 410 * 50 // 613] == 3
    assert small[-1, -1] == 4


def test_the_slope_that_faces_the_north_west_is_bright():
    rows, columns = np.indices((9, 9), dtype=np.float32)
    facing, away = (
        hillshade((rows + columns) * 10, (10, 10)),
        hillshade(-(rows + columns) * 10, (10, 10)),
    )
    flat = hillshade(np.zeros((9, 9), np.float32), (10, 10))
    assert away.max() < flat.min() < facing.min()


def test_without_layers_the_ground_is_paper(grid):
    assert np.unique(ground([], Frame.of(grid))).size == 1
