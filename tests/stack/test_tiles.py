"""Files that hold the same bands: parts of one scene are mapped together, two dates never."""

import json

import numpy as np
import pytest
import rasterio
from affine import Affine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.warp import Resampling, reproject
from rasterio.windows import Window

from geoseg.errors import BandError, GridError
from geoseg.stack import inspect_raster, match_bands, open_stack
from geoseg.stack.matching import layer_keys
from geoseg.tasks import WETLANDS, custom_task

PLACE = Affine(10, 0, 500_000, 0, -10, 6_600_000)
LANDSAT = WETLANDS.setting("landsat").bands
SIZE = 60


@pytest.fixture
def scene():
    rows, cols = np.indices((SIZE, SIZE))
    return np.stack([rows * 1000 + cols + 0.125 * band for band in range(6)]).astype("float32")


@pytest.fixture
def cut(write, scene):
    """Write columns (and rows) of the scene as a tile, six bands named or not."""

    def tile(name, columns, rows=slice(0, SIZE), names=LANDSAT, values=None, **more):
        place = PLACE @ Affine.translation(columns.start, rows.start)
        values = scene if values is None else values
        return write(name, values[:, rows, columns], place, names=names, **more)

    return tile


def whole(paths, read_all, chosen=None, task=WETLANDS, setting="landsat"):
    stack = open_stack(paths, task, setting, chosen or {})
    return stack, read_all(stack)


@settings(
    max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(data=st.data())
def test_a_scene_cut_into_tiles_reads_as_the_whole(cut, read_all, scene, data):
    edges = sorted(data.draw(st.sets(st.integers(8, SIZE - 8), min_size=1, max_size=3)))
    starts, stops = [0, *edges], [*edges, SIZE]
    overlap = data.draw(st.integers(0, 3))
    tiles = [
        cut(f"t{n}.tif", slice(max(0, start - overlap), stop))
        for n, (start, stop) in enumerate(zip(starts, stops, strict=True))
    ]
    order = data.draw(st.permutations(tiles))
    try:
        stack, values = whole(order, read_all)
    except BandError:
        return  # a tile so narrow that its overlap is most of it
    assert stack.grid.shape == (SIZE, SIZE)
    np.testing.assert_array_equal(values, scene)


def test_any_window_of_a_mosaic_is_that_part_of_the_whole(cut, scene):
    stack, _ = (
        open_stack(
            [cut("w.tif", slice(0, 30)), cut("e.tif", slice(20, SIZE))], WETLANDS, "landsat"
        ),
        None,
    )
    with stack.open() as reader:
        for window in (Window(0, 0, 5, 5), Window(18, 7, 14, 3), Window(55, 50, 5, 10)):
            rows, cols = window.toslices()
            np.testing.assert_array_equal(reader.read(window), scene[:, rows, cols])


def test_where_tiles_overlap_the_first_counts_and_the_second_fills_its_holes(cut, read_all, scene):
    holed = scene.copy()
    holed[:, 10, 25] = np.nan
    holed[2, 40, 35] = np.nan
    west = cut("west.tif", slice(0, 40), values=holed)
    east = cut("east.tif", slice(20, SIZE), values=scene + 5000)
    stack, values = whole([west, east], read_all)
    assert values[0, 0, 39] == scene[0, 0, 39]
    assert values[0, 0, 40] == scene[0, 0, 40] + 5000
    assert values[3, 10, 25] == scene[3, 10, 25] + 5000
    assert values[2, 40, 35] == scene[2, 40, 35] + 5000
    assert values[1, 40, 35] == scene[1, 40, 35]
    assert stack.layers[0].key == "west.tif#1 + east.tif#1"
    assert "west.tif, east.tif. Where parts overlap the file given first counts" in stack.notes[0]
    turned = whole([east, west], read_all)[1]
    assert turned[0, 0, 39] == scene[0, 0, 39] + 5000


def test_tiles_of_one_band_are_known_by_their_names(write, read_all, scene):
    paths = []
    for part, columns in (("west", slice(0, 30)), ("east", slice(30, SIZE))):
        place = PLACE @ Affine.translation(columns.start, 0)
        paths += [
            write(f"Gewata{name}_{part}.tif", band[:, columns], place)
            for name, band in zip(LANDSAT, scene, strict=True)
        ]
    stack, values = whole(paths, read_all)
    np.testing.assert_array_equal(values, scene)
    assert [layer.key for layer in stack.layers][3] == "GewataB4_west.tif#1 + GewataB4_east.tif#1"
    assert sum("as one scene" in note for note in stack.notes) == 1
    tiles = [
        write("tile_0_B04.tif", scene[3][:, :30]),
        write("tile_1_B04.tif", scene[3][:, 30:], PLACE @ Affine.translation(30, 0)),
    ]
    row = next(m for m in match_bands([inspect_raster(p) for p in tiles], WETLANDS) if m.source)
    assert (row.band, row.key) == ("B4", "tile_0_B04.tif#1 + tile_1_B04.tif#1")


def test_tiles_without_names_are_taken_by_place_once(cut, read_all, scene):
    tiles = [cut("a.tif", slice(0, 30), names=()), cut("b.tif", slice(30, SIZE), names=())]
    stack, values = whole(tiles, read_all)
    np.testing.assert_array_equal(values, scene)
    assert {layer.how for layer in stack.layers} == {"order"}
    assert any(
        "Taken by their place" in n and "check: B1 from a.tif#1 + b" in n for n in stack.notes
    )


def test_parts_may_name_a_band_differently(cut, read_all, scene):
    colours = ("blue", "green", "red", "nir", "swir1", "swir2")
    tiles = [cut("a.tif", slice(0, 30)), cut("b.tif", slice(30, SIZE), names=colours)]
    np.testing.assert_array_equal(whole(tiles, read_all)[1], scene)


def test_a_choice_of_one_layer_means_the_same_layer_of_every_part(cut, read_all, scene):
    tiles = [cut("a.tif", slice(0, 30)), cut("b.tif", slice(30, SIZE))]
    swapped = {"B1": "a.tif#2", "B2": "a.tif#1"}
    values = whole(tiles, read_all, swapped)[1]
    np.testing.assert_array_equal(values[:2], scene[[1, 0]])
    stack, _ = whole(tiles, read_all, {"B1": "b.tif#3 + a.tif#2"})
    assert stack.layers[0].key == "b.tif#3 + a.tif#2"
    again, _ = whole(tiles, read_all, {layer.name: layer.key for layer in stack.layers})
    assert [layer.sources for layer in again.layers] == [layer.sources for layer in stack.layers]
    infos = [inspect_raster(path) for path in tiles]
    keys = layer_keys(infos, match_bands(infos, WETLANDS))
    assert keys[:2] == ["a.tif#1 + b.tif#1", "a.tif#2 + b.tif#2"]
    assert keys[-1] == "b.tif#6"


def test_tiles_that_do_not_touch_leave_a_gap_of_no_data_and_say_so(cut, read_all):
    tiles = [cut("a.tif", slice(0, 20)), cut("b.tif", slice(40, SIZE))]
    stack, values = whole(tiles, read_all)
    assert np.isnan(values[:, :, 20:40]).all()
    assert np.isfinite(np.delete(values, range(20, 40), axis=2)).all()
    assert any("leave 33.3% of the rectangle around them uncovered" in n for n in stack.notes)


def test_three_tiles_in_an_L_cover_three_quarters(cut, read_all, scene):
    half, rest = slice(0, 30), slice(30, SIZE)
    tiles = [cut("a.tif", half, half), cut("b.tif", rest, half), cut("c.tif", half, rest)]
    stack, values = whole(tiles, read_all)
    assert np.isnan(values[:, 30:, 30:]).all()
    np.testing.assert_array_equal(values[:, :30], scene[:, :30])
    assert any("leave 25.0%" in note for note in stack.notes)


def test_tiles_of_two_zones_lie_on_one_grid(cut, scene, tmp_path, read_all):
    west = cut("west.tif", slice(0, 30))
    east = cut("east.tif", slice(25, SIZE))
    other = tmp_path / "zone34.tif"
    with rasterio.open(east) as source:
        place, width, height = rasterio.warp.calculate_default_transform(
            source.crs, "EPSG:32634", source.width, source.height, *source.bounds
        )
        profile = source.profile | {"crs": "EPSG:32634", "transform": place,
                                    "width": width, "height": height, "nodata": np.nan}  # fmt: skip
        with rasterio.open(other, "w", **profile) as target:
            for band in range(1, 7):
                reproject(rasterio.band(source, band), rasterio.band(target, band),
                          resampling=Resampling.bilinear, dst_nodata=np.nan)  # fmt: skip
                target.set_band_description(band, LANDSAT[band - 1])
    stack, values = whole([west, other], read_all)
    assert stack.grid.crs.to_epsg() == 32633
    col, row = map(round, ~stack.grid.transform @ (500_000, 6_600_000))
    values = values[:, row : row + SIZE, col : col + SIZE]
    np.testing.assert_array_equal(values[:, :, :30], scene[:, :, :30])
    inner = values[0, 2 : SIZE - 2, 30 : SIZE - 2]
    assert np.isfinite(inner).all()
    # Resampled twice: within a pixel's step of columns, rows apart by 1000 allow half a pixel.
    assert np.abs(inner - scene[0, 2 : SIZE - 2, 30 : SIZE - 2]).max() < 500


def test_tiles_of_other_pixels_lie_on_the_finest_grid(cut, write, read_all):
    fine = cut("fine.tif", slice(0, 30))
    coarse = write("coarse.tif", np.full((6, 30, 15), 7.0, "float32"),
                   Affine(20, 0, 500_300, 0, -20, 6_600_000), names=LANDSAT)  # fmt: skip
    stack, values = whole([coarse, fine], read_all)
    assert stack.grid.shape == (SIZE, SIZE)
    assert (values[:, :, 30:] == 7).all()
    assert any("resampled to it: coarse.tif" in note for note in stack.notes)


def test_two_dates_of_the_same_ground_are_not_mixed(cut, read_all, scene):
    everything = slice(0, SIZE)
    first, second = cut("june.tif", everything), cut("july.tif", everything, values=scene + 1)
    stack, values = whole([first, second], read_all)
    np.testing.assert_array_equal(values, scene)
    assert any("though july.tif#1 would fit by description too" in note for note in stack.notes)
    assert any("Not read, for setting landsat" in n and "july.tif" in n for n in stack.notes)


def test_two_dates_of_nearly_the_same_frame_are_not_mixed(cut, read_all, scene):
    first = cut("june.tif", slice(0, 58))
    second = cut("july.tif", slice(2, SIZE), values=scene + 1)
    stack, values = whole([first, second], read_all)
    assert stack.grid.width == 58
    np.testing.assert_array_equal(values, scene[:, :, :58])


def test_tiles_and_dates_together_are_refused(cut):
    west, east = cut("west.tif", slice(0, 30)), cut("east.tif", slice(30, SIZE))
    later = cut("east_july.tif", slice(30, SIZE))
    with pytest.raises(BandError, match=r"east\.tif and east_july\.tif show the same ground"):
        open_stack([west, east, later], WETLANDS, "landsat")
    parts = {name: f"west.tif#{n} + east.tif#{n}" for n, name in enumerate(LANDSAT, start=1)}
    stack = open_stack([west, east, later], WETLANDS, "landsat", parts)
    assert stack.layers[0].key == "west.tif#1 + east.tif#1"


def test_tiles_padded_to_one_frame_are_parts(cut, read_all, scene):
    west, east = scene.copy(), scene.copy()
    west[:, :, 32:] = np.nan
    east[:, :, :30] = np.nan
    everything = slice(0, SIZE)
    tiles = [cut("w.tif", everything, values=west), cut("e.tif", everything, values=east)]
    np.testing.assert_array_equal(whole(tiles, read_all)[1], scene)


def test_tiles_on_two_continents_are_refused(cut, write, scene):
    here = cut("here.tif", slice(0, SIZE))
    there = write("there.tif", scene, PLACE @ Affine.translation(60_000, 0), names=LANDSAT)
    with pytest.raises(GridError, match="so far apart that less than 1% of one map"):
        open_stack([here, there], WETLANDS, "landsat")


def test_another_band_must_still_meet_the_scene(cut, write, scene):
    task = custom_task({"both": [*((name, "") for name in LANDSAT), ("dem", "m")]})
    tiles = [cut("a.tif", slice(0, 30)), cut("b.tif", slice(30, SIZE))]
    on_b = write("dem.tif", scene[0][:, :20], PLACE @ Affine.translation(40, 0), names=["dem"])
    stack = open_stack([*tiles, on_b], task, "both")
    assert any("The files cover different areas" in note for note in stack.notes)
    off = write("far.tif", scene[0], PLACE @ Affine.translation(100, 0), names=["dem"])
    with pytest.raises(GridError, match=r"far\.tif and a\.tif do not overlap"):
        open_stack([*tiles, off], task, "both")


def test_days_and_units_that_differ_are_said(cut, scene):
    tiles = [
        cut("S2_20230801_w.tif", slice(0, 30)),
        cut("S2_20230817_e.tif", slice(30, SIZE), values=scene.astype("uint16")),
    ]
    notes = " ".join(open_stack(tiles, WETLANDS, "landsat").notes)
    assert "speak of different days (20230801, 20230817)" in notes
    assert "S2_20230801_w.tif: decimals, S2_20230817_e.tif: whole numbers" in notes
    half = [cut("a.tif", slice(0, 40)), cut("b.tif", slice(10, 55))]
    notes = " ".join(open_stack(half, WETLANDS, "landsat").notes)
    assert "a.tif and b.tif share 75% of their ground" in notes


def test_notes_and_keys_go_into_json(cut):
    tiles = [cut("a.tif", slice(0, 30)), cut("b.tif", slice(30, SIZE))]
    stack = open_stack(tiles, WETLANDS, "landsat")
    json.dumps([stack.notes, [layer.key for layer in stack.layers]])
