"""Windows of a stack: what is read is what is there, NaN where nothing is."""

import os
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.crs import CRS
from rasterio.warp import Resampling, reproject
from rasterio.windows import Window

from geoseg.errors import BandError, GridError, RasterError
from geoseg.grid import Grid
from geoseg.stack import ArrayStack, RasterStack, Stack, open_stack
from geoseg.tasks import LANDSLIDES, WETLANDS

TEN_METRES = Affine(10, 0, 500_000, 0, -10, 6_600_000)
FINE_AND_TURNED = Affine(7, 0, 500_013, 0, -7, 6_599_991)
reuse = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def windows(height, width):
    rows = st.tuples(st.integers(0, height - 1), st.integers(1, height))
    cols = st.tuples(st.integers(0, width - 1), st.integers(1, width))
    return st.builds(
        lambda r, c: Window(c[0], r[0], min(c[1], width - c[0]), min(r[1], height - r[0])),
        rows,
        cols,
    )


@pytest.fixture
def mixed(write, places, two_bands):
    """Two files of different CRS and pixel size: one is read as it is, one is resampled."""
    write("height.tif", places(60, 50), names=["height"])
    shadow = (places(50, 60) % 7 == 0).astype(np.uint8)
    path = write(
        "shadow.tif", shadow, Affine(13, 0, 161_010, 0, -13, 6_615_290), "EPSG:32634", ["shadow"]
    )
    return open_stack([path.parent / "height.tif", path], two_bands, "both")


@reuse
@given(data=st.data())
def test_a_window_is_the_same_part_of_the_whole(mixed, read_all, data):
    whole = read_all(mixed)
    window = data.draw(windows(*mixed.grid.shape))
    with mixed.open() as reader:
        part = reader.read(window)
    rows, cols = window.toslices()
    np.testing.assert_array_equal(part, whole[:, rows, cols])


def test_both_kinds_of_stack_keep_the_protocol(mixed, read_all):
    held = ArrayStack(read_all(mixed), mixed.names, mixed.grid)
    stacks: list[Stack] = [mixed, held]
    window = Window(7, 3, 11, 13)
    parts = []
    for stack in stacks:
        with stack.select(["shadow", "height"]).open() as reader:
            parts.append(reader.read(window))
    np.testing.assert_array_equal(*parts)
    assert parts[0].dtype == np.float32
    for stack in stacks:
        with pytest.raises(BandError, match="the stack has no band B9; its bands are height, sh"):
            stack.select(["B9"])
        with stack.open() as reader, pytest.raises(GridError, match="reaches outside the grid"):
            reader.read(Window(stack.grid.width, 0, 1, 1))


def test_an_array_must_fit_its_grid(mixed):
    with pytest.raises(GridError, match=r"expected \(band, y, x\) = \(1, "):
        ArrayStack(np.zeros((2, 3, 3), np.float32), ("a",), mixed.grid)


def test_a_file_on_its_own_grid_is_read_as_it_is(write, places, two_bands, read_all):
    path = write("height.tif", places(33, 21))
    stack = open_stack([path], two_bands, "one")
    np.testing.assert_array_equal(read_all(stack)[0], places(33, 21))
    assert stack.grid.transform == TEN_METRES
    assert stack.notes == ()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "float64"])
def test_nodata_of_every_type_becomes_nan(write, two_bands, read_all, dtype):
    values = np.array([[1, 2], [100, 4]], dtype=dtype)
    stack = open_stack([write("height.tif", values, nodata=100)], two_bands, "one")
    np.testing.assert_array_equal(read_all(stack)[0], np.array([[1, 2], [np.nan, 4]], np.float32))


def test_nan_infinity_and_the_smallest_float_become_nan(write, two_bands, read_all):
    smallest = np.finfo(np.float32).min
    values = np.array([[np.nan, np.inf], [-np.inf, smallest], [1, 2]], dtype=np.float32)
    stack = open_stack([write("height.tif", values, nodata=smallest)], two_bands, "one")
    expected = [[np.nan, np.nan], [np.nan, np.nan], [1, 2]]
    np.testing.assert_array_equal(read_all(stack)[0], np.array(expected, np.float32))


def test_scale_and_offset_are_applied_but_not_to_nodata(write, two_bands, read_all):
    values = np.array([[10_000, 0], [2_000, 500]], dtype=np.uint16)
    path = write("height.tif", values, nodata=0, scales=(1e-4,), offsets=(-0.1,))
    stack = open_stack([path], two_bands, "one")
    np.testing.assert_allclose(read_all(stack)[0], [[0.9, np.nan], [0.1, -0.05]], atol=1e-6)
    assert "multiplied by 0.0001 and -0.1 is added" in stack.notes[0]


@pytest.mark.parametrize("shift", [0, 5], ids=["on its own grid", "resampled"])
def test_internal_masks_and_alpha_are_honoured(write, two_bands, read_all, shift):
    values = np.arange(1, 65, dtype=np.uint8).reshape(8, 8)
    mask = np.full((8, 8), 255, np.uint8)
    mask[2:4, 5:] = 0
    paths = [
        write("a/height.tif", values, mask=mask, names=["height"]),
        write("b/height.tif", np.stack([values, mask]), names=["height"], alpha="YES",
              photometric="MINISBLACK"),
    ]  # fmt: skip
    for path in paths:
        stack = open_stack([path], two_bands, "one")
        moved = Grid(stack.grid.crs, stack.grid.transform @ Affine.translation(0, shift / 10), 8, 7)
        read = read_all(RasterStack(stack.layers, moved))[0]
        np.testing.assert_array_equal(np.isnan(read[2:3]), mask[2:3] == 0)
        expected = values[:7] if not shift else (values[:7].astype(float) + values[1:]) / 2
        held = (mask[:7] > 0) & (mask[1:] > 0)
        np.testing.assert_allclose(read[held], expected[held])


def test_one_band_missing_lends_no_hole_and_no_value_to_another(write, two_bands, read_all):
    height, shadow = np.full((6, 6), 50, np.int16), np.ones((6, 6), np.int16)
    height[2:4] = -99
    shadow[:, 3:] = -99
    path = write("s.tif", np.stack([height, shadow]), names=["height", "shadow"], nodata=-99)
    stack = open_stack([path], two_bands, "both")
    halves = Affine.translation(1, 0) @ Affine.scale(0.5)
    fine = Grid(stack.grid.crs, stack.grid.transform @ halves, 8, 12)
    values = read_all(RasterStack(stack.layers, fine))
    # Half a pixel of a hole may be filled from its edge, never more.
    assert np.isnan(values[0][5:7]).all()
    assert (values[0][[*range(4), *range(8, 12)]] == 50).all()
    assert (values[1][:, :4] == 1).all()
    assert np.isnan(values[1][:, 5:]).all()


def test_rows_stored_south_to_north_come_out_right(write, places, two_bands, read_all):
    values = places(20, 12)
    south_up = Affine(10, 0, 500_000, 0, 10, 6_600_000 - 200)
    path = write("height.tif", values[::-1].copy(), south_up)
    stack = open_stack([path], two_bands, "one")
    assert stack.grid.transform == TEN_METRES
    np.testing.assert_array_equal(read_all(stack)[0], values)


def test_a_rotated_raster_is_put_upright(write, two_bands, read_all):
    turned = Affine.translation(500_000, 6_600_000) @ Affine.rotation(30) @ Affine.scale(10, -10)
    path = write("height.tif", np.full((40, 40), 7, np.float32), turned)
    stack = open_stack([path], two_bands, "one")
    assert "rotated; it is put on an upright grid" in stack.notes[0]
    read = read_all(stack)[0]
    ground = np.isfinite(read).sum() * stack.grid.pixel_area_m2
    assert ground == pytest.approx(400 * 400, rel=0.03)
    assert set(np.unique(read[np.isfinite(read)])) == {7}


def test_resampling_agrees_with_gdal(mixed, read_all):
    """Nearest for a mask: the windowed view and one reprojection of the whole file agree."""
    with rasterio.open(mixed.layers[1].source.path) as dataset:
        expected = np.full(mixed.grid.shape, np.nan, np.float32)
        reproject(
            dataset.read(1).astype(np.float32),
            expected,
            src_transform=dataset.transform,
            src_crs=dataset.crs,
            dst_transform=mixed.grid.transform,
            dst_crs=mixed.grid.crs,
            src_nodata=np.nan,
            dst_nodata=np.nan,
            resampling=Resampling.nearest,
        )
    differ = ~((read_all(mixed)[1] == expected) | np.isnan(expected))
    assert differ.mean() < 0.002  # pixel centres within a hundredth of an edge


def test_a_tilted_plane_stays_the_plane_when_resampled(write, two_bands, read_all):
    rows, cols = np.indices((40, 40))
    plane = (3 * cols + 2 * rows).astype(np.float32)
    path = write("height.tif", plane)
    stack = open_stack([path], two_bands, "one")
    finer = Grid(stack.grid.crs, FINE_AND_TURNED, 40, 40)
    inner_rows, inner_cols = np.indices((40, 40))
    view = ~TEN_METRES @ FINE_AND_TURNED
    x, y = view.a * (inner_cols + 0.5) + view.c, view.e * (inner_rows + 0.5) + view.f
    expected = 3 * (x - 0.5) + 2 * (y - 0.5)
    read = read_all(RasterStack(stack.layers, finer))[0]
    np.testing.assert_allclose(read[2:-2, 2:-2], expected[2:-2, 2:-2], atol=0.05)


def test_the_finest_file_gives_the_grid_and_all_files_are_covered(write, two_bands, read_all):
    coarse = write("shadow.tif", np.ones((10, 10), np.uint8),
                   Affine(20, 0, 500_100, 0, -20, 6_600_000))  # fmt: skip
    fine = write("height.tif", np.full((20, 20), 5, np.float32))
    stack = open_stack([coarse, fine], two_bands, "both")
    assert stack.grid.pixel_size_m == 10
    assert stack.grid.shape == (20, 30)
    height, shadow = read_all(stack)
    assert np.isfinite(height[:, :20]).all()
    assert np.isnan(height[:, 20:]).all()
    assert (shadow[:, 10:] == 1).all()
    assert np.isnan(shadow[:, :10]).all()
    assert any("grid of height.tif (EPSG:32633, 10 m pixels" in note for note in stack.notes)
    assert any("resampled to it: shadow.tif" in note for note in stack.notes)
    assert any("The files cover different areas" in note for note in stack.notes)


def test_files_far_apart_are_refused(write, two_bands):
    a = write("height.tif", np.ones((5, 5), np.float32))
    b = write("shadow.tif", np.ones((5, 5), np.uint8), Affine(10, 0, 700_000, 0, -10, 6_600_000))
    with pytest.raises(GridError, match=r"shadow\.tif and height\.tif do not overlap; expected"):
        open_stack([a, b], two_bands, "both")


def test_one_band_too_few_names_the_band(write):
    path = write("s.tif", np.ones((10, 5, 5), np.float32),
                 names=[band.name for band in LANDSLIDES.bands if band.name != "dNDVI"][:10])  # fmt: skip
    with pytest.raises(BandError, match="setting s1s2 needs CART_landcover, dNDVI, which was not"):
        open_stack([path], LANDSLIDES, "s1s2")
    with pytest.raises(BandError, match="none of the bands of wetlands was found among the 10"):
        open_stack([path], WETLANDS)
    with pytest.raises(RasterError, match="no raster was given"):
        open_stack([], WETLANDS)


def test_without_a_setting_every_band_that_is_found_is_taken(write):
    path = write("s.tif", np.ones((2, 5, 5), np.float32), names=["dNDVI", "preVV"])
    assert open_stack([path], LANDSLIDES).names == ("preVV", "dNDVI")


@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:32634"], ids=["as it is", "resampled"])
def test_damage_met_in_mid_run_names_the_file(write, two_bands, crs):
    noise = np.random.default_rng(1).random((512, 512)).astype(np.float32)
    path = write("height.tif", noise, compress="deflate", tiled=True, blockxsize=64, blockysize=64)
    stack = open_stack([path], two_bands, "one")
    if crs != "EPSG:32633":
        grid = Grid(CRS.from_user_input(crs), Affine(10, 0, 161_000, 0, -10, 6_615_200), 450, 450)
        stack = RasterStack(stack.layers, grid)
    middle = path.stat().st_size // 2
    with path.open("r+b") as file:
        file.seek(middle)
        file.write(os.urandom(40_000))
    with stack.open() as reader, pytest.raises(RasterError, match=r"height\.tif is cut off or dam"):
        reader.read(Window(0, 0, stack.grid.width, stack.grid.height))


def test_a_stack_travels_to_another_process(mixed, read_all):
    import pickle

    again = pickle.loads(pickle.dumps(mixed))
    np.testing.assert_array_equal(read_all(again), read_all(mixed))
    assert isinstance(again.layers[0].source.path, Path)
