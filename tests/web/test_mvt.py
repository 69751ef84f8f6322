"""GDAL, an independent reader, sees in a vector tile the shapes and values that were put in."""

import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.web.mvt import EXTENT, encode, varints
from geoseg.web.rasters import tile_box

Z, X, Y = 10, 537, 358
BOX = tile_box(Z, X, Y)
SIDE = BOX[2] - BOX[0]
STEP = SIDE / EXTENT


def at(right: float, down: float) -> tuple[float, float]:
    """A place of the tile, in shares of its side from its upper left corner."""
    return BOX[0] + right * SIDE, BOX[3] - down * SIDE


def read(content: bytes, folder):
    folder.mkdir(exist_ok=True)
    path = folder / f"{Y}.pbf"
    path.write_bytes(content)
    choices = {"X": X, "Y": Y, "Z": Z, "CLIP": "NO"}
    frame = pyogrio.read_dataframe(f"MVT:{path}", **choices)
    return frame.set_index("mvt_id").sort_index()


def tile(shapes, ids=None, **columns) -> bytes:
    numbers = np.arange(len(shapes)) if ids is None else np.array(ids)
    values = {name: np.array(column) for name, column in columns.items()}
    return encode("outlines", np.array(shapes, object), numbers, values, BOX)


def test_a_polygon_with_a_hole_keeps_both(tmp_path):
    middle = shapely.Point(at(0.5, 0.5))
    ring = middle.buffer(SIDE / 4).difference(middle.buffer(SIDE / 8))
    frame = read(tile([ring, shapely.reverse(ring)], ids=[7, 400_000]), tmp_path)
    assert frame.index.tolist() == [7, 400_000]
    for outline in frame.geometry:
        assert outline.is_valid
        assert shapely.get_num_interior_rings(shapely.get_parts(outline))[0] == 1
        assert shapely.hausdorff_distance(outline, ring) < 2 * STEP
        assert outline.area == pytest.approx(ring.area, rel=1e-3)


def test_points_lines_and_several_parts_are_told_apart(tmp_path):
    squares = shapely.MultiPolygon([shapely.box(*at(0.1, 0.2), *at(0.2, 0.1)),
                                    shapely.box(*at(0.4, 0.9), *at(0.5, 0.8))])  # fmt: skip
    line = shapely.LineString([at(0.1, 0.1), at(0.9, 0.2), at(0.9, 0.8)])
    points = shapely.MultiPoint([at(0.25, 0.75), at(0.5, 0.5)])
    shapes = [squares, line, points]
    frame = read(tile(shapes), tmp_path)
    for shape, found in zip(shapes, frame.geometry, strict=True):
        assert shapely.hausdorff_distance(shape, found) < 2 * STEP
        assert shapely.get_dimensions(found) == shapely.get_dimensions(shape)
        assert shapely.get_num_geometries(found) == shapely.get_num_geometries(shape)


def test_values_come_back_with_their_types_and_unknown_ones_are_left_out(tmp_path):
    boxes = [shapely.box(*at(0.1 * i, 0.2), *at(0.1 * i + 0.05, 0.1)) for i in range(1, 4)]
    content = tile(boxes, area=[1.5, np.nan, -3.25], count=[5, -7, 2**40], sure=[True, False, True],
                   word=np.array(["Öl", None, "ab"], object))  # fmt: skip
    frame = read(content, tmp_path)
    assert frame["area"].fillna(0).tolist() == [1.5, 0, -3.25]
    assert frame["count"].tolist() == [5, -7, 2**40]
    assert frame["sure"].astype(bool).tolist() == [True, False, True]
    assert frame["word"].fillna("-").tolist() == ["Öl", "-", "ab"]


def test_what_shrinks_to_nothing_is_left_out(tmp_path):
    dust = shapely.Point(at(0.3, 0.3)).buffer(STEP / 10)
    holed = shapely.box(*at(0.5, 0.9), *at(0.9, 0.5)).difference(shapely.Point(at(0.7, 0.7)).buffer(
        STEP / 10))  # fmt: skip
    assert tile([dust]) == b""
    frame = read(tile([dust, holed]), tmp_path)
    assert frame.index.tolist() == [1]
    assert shapely.get_num_interior_rings(shapely.get_parts(frame.geometry.iloc[0]))[0] == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.005, 0.05)),
                min_size=1, max_size=20))  # fmt: skip
def test_any_circles_come_back(tmp_path_factory, circles):
    shapes = [shapely.Point(at(x, y)).buffer(radius * SIDE) for x, y, radius in circles]
    frame = read(tile(shapes), tmp_path_factory.mktemp("tiles"))
    assert len(frame) == len(shapes)
    for shape, found in zip(shapes, frame.geometry, strict=True):
        assert shapely.hausdorff_distance(shape, found) < 2 * STEP


@given(st.lists(st.integers(0, 2**63 - 1), max_size=30))
def test_numbers_of_any_size_are_written_as_the_protocol_says(numbers):
    content, ends = varints(np.array(numbers, np.uint64))
    starts = [0, *ends[:-1].tolist()] if len(ends) else []
    for number, start, end in zip(numbers, starts, ends.tolist(), strict=True):
        piece = content[start:end]
        assert [byte >= 128 for byte in piece] == [True] * (len(piece) - 1) + [False]
        assert sum((byte & 127) << 7 * place for place, byte in enumerate(piece)) == number
