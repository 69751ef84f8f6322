"""Every product gets a well-formed style that names its classes and keeps the app's colours."""

from xml.etree import ElementTree

import numpy as np
import pytest

from geoseg.exports.raster import RasterWriter
from geoseg.exports.styles import RASTERS, write_styles
from geoseg.figures.styles import style
from geoseg.tasks import LANDSLIDES, TASKS, ClassLabel


@pytest.fixture
def products(tmp_path, grid):
    for kind in RASTERS:
        discrete = style(kind).discrete or kind == "coverage"
        choices = ("uint8", 255) if discrete else ("float32", float("nan"))
        with RasterWriter(tmp_path / f"{kind}.tif", grid, [kind], *choices) as writer:
            writer.write(0, np.zeros(grid.shape, choices[0]))
    (tmp_path / "polygons.gpkg").touch()
    return tmp_path


def root(path):
    return ElementTree.parse(path).getroot()


def test_every_product_gets_a_well_formed_style(products):
    written = write_styles(products, LANDSLIDES.classes)
    assert [path.name for path in written] == [f"{kind}.qml" for kind in (*RASTERS, "polygons")]
    for path in written:
        assert root(path).tag == "qgis"


def test_only_what_is_there_gets_a_style(tmp_path):
    assert write_styles(tmp_path, LANDSLIDES.classes) == []


@pytest.mark.parametrize("task", TASKS.values(), ids=lambda task: task.name)
def test_the_class_map_and_the_polygons_name_the_tasks_classes(products, task):
    write_styles(products, task.classes)
    wanted = {(str(c.id), c.name, c.colour) for c in task.classes if c.id}
    entries = root(products / "classes.qml").iter("paletteEntry")
    assert {(e.get("value"), e.get("label"), e.get("color")) for e in entries} == wanted
    categories = root(products / "polygons.qml").iter("category")
    assert {c.get("value") for c in categories} == {name for _, name, _ in wanted}


def test_the_error_map_has_the_four_colours_of_right_and_wrong(products):
    write_styles(products)
    entries = {e.get("value"): e for e in root(products / "confusion.qml").iter("paletteEntry")}
    assert list(entries) == ["1", "2", "3", "4"]
    assert entries["2"].get("color") == "#d62728"
    assert "false alarm" in entries["2"].get("label")


def test_a_ramp_spans_the_range_of_the_app(products):
    write_styles(products)
    items = list(root(products / "spread.qml").iter("item"))
    values = [float(item.get("value")) for item in items]
    assert (values[0], values[-1]) == style("spread").rescale
    assert values == sorted(values)
    assert items[0].get("alpha") == "0"


def test_a_name_with_markup_stays_text(products):
    write_styles(products, [ClassLabel(1, '<b>"ras" & æ</b>', "#ff0000")])
    assert next(root(products / "polygons.qml").iter("category")).get("value") == '<b>"ras" & æ</b>'


def test_a_map_of_several_classes_shows_the_first_feature(products, grid):
    with RasterWriter(products / "probability.tif", grid, ["none", "sharp", "smooth"]) as writer:
        writer.write(0, np.zeros((3, *grid.shape), np.float32))
    write_styles(products)
    assert next(root(products / "probability.qml").iter("rasterrenderer")).get("band") == "2"
