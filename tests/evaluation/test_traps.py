"""Known traps: shares by hand, blocks, chosen values, what is missing, and readable rules."""

import json
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pytest
import rasterio
import shapely
from affine import Affine
from rasterio.features import shapes
from rasterio.windows import Window

from geoseg.errors import SettingsError
from geoseg.evaluation.ground import ground_stack
from geoseg.evaluation.trap_settings import TrapChoice, TrapSettings
from geoseg.evaluation.traps import Bins, mark_traps, tabulate_ground
from geoseg.stack import inspect_raster
from geoseg.tasks import LANDSLIDES, TASKS, WETLANDS
from geoseg.tasks.traps import TRAPS, Trap, traps_of

PLACE = Affine(10, 0, 500_000, 0, -10, 6_600_000)
CRS = "EPSG:32633"
HEIGHT, WIDTH = 600, 40
NAMES = ("slope", "CART_landcover", "layover", "shadow")


def write(path, values, names):
    with rasterio.open(
        path, "w", driver="GTiff", count=len(names), height=HEIGHT, width=WIDTH,
        dtype="float32", crs=CRS, transform=PLACE, nodata=float("nan"),
    ) as dataset:  # fmt: skip
        dataset.write(np.asarray(values, np.float32).reshape(len(names), HEIGHT, WIDTH))
        dataset.descriptions = names
    return path


def square(left, top, right, bottom):
    """An outline along pixel edges, counted in pixels."""
    (x0, y0), (x1, y1) = PLACE @ (left, top), PLACE @ (right, bottom)
    return shapely.box(x0, y1, x1, y0)


@pytest.fixture
def scene(tmp_path):
    """Slope grows by a degree a column; water in the first ten rows, snow in the next ten."""
    slope, cover, layover, shadow = np.zeros((4, HEIGHT, WIDTH), np.float32)
    slope[:] = np.arange(WIDTH)
    cover[:] = 2
    cover[:10], cover[10:20] = 7, 10
    layover[:, 30:] = 1
    slope[590:] = np.nan
    path = write(tmp_path / "stack.tif", [slope, cover, layover, shadow], NAMES)
    outlines = {
        "half in water": square(20, 5, 24, 15),
        "flat": square(0, 100, 8, 110),
        "across two blocks, in layover": square(28, 500, 36, 530),
        "nothing": square(20, 200, 25, 210),
        "smaller than a pixel": square(12.1, 300.1, 12.3, 300.3),
        "unknown slope": square(0, 592, 4, 598),
    }
    frame = geopandas.GeoDataFrame(
        {"id": range(1, 7), "class": list(outlines)}, geometry=list(outlines.values()), crs=CRS
    )
    return ground_stack([path], LANDSLIDES, inspect_raster(path).grid), frame


def test_shares_by_hand(scene):
    stack, frame = scene
    table = tabulate_ground(frame, stack, LANDSLIDES).marks(TrapSettings.usual(LANDSLIDES))
    assert list(table["id"]) == [1, 2, 3, 4, 5, 6]
    assert list(table["water_share"][:4]) == [0.5, 0, 0, 0]
    assert list(table["snow_share"][:4]) == [0.5, 0, 0, 0]
    assert list(table["flat_share"][:4]) == [0, 0.625, 0, 0]
    assert list(table["layover_share"][:4]) == [0, 0, 0.75, 0]
    assert list(table["traps"]) == ["water, snow", "flat", "layover", "", "", ""]
    assert np.isnan(table["flat_share"][4])
    assert table["flat_share"][5] == 0, "what is not known meets no rule"


def test_values_can_be_changed_and_rules_switched(scene):
    stack, frame = scene
    table = tabulate_ground(frame, stack, LANDSLIDES)
    for degrees in (0.0, 3.0, 22.0, 45.0):
        settings = TrapSettings(rules=(TrapChoice(name="flat", value=degrees),))
        found = table.marks(settings)
        assert list(found.columns) == ["id", "class", "flat_share", "traps"]
        columns = np.arange(20, 25)
        assert found["flat_share"][3] == (columns < degrees).mean()
    off = TrapSettings(rules=(TrapChoice(name="flat", on=False, value=5.0),))
    assert set(table.marks(off)["traps"]) == {""}
    strict = TrapSettings(rules=TrapSettings.usual(LANDSLIDES).rules, share=0.7)
    assert list(table.marks(strict)["traps"][:3]) == ["", "", "layover"]
    everything = TrapChoice(name="water", value=(2, 7, 10))
    assert list(table.marks(TrapSettings(rules=(everything,)))["water_share"][:4]) == [1, 1, 1, 1]


def test_pixels_under_outlines_are_those_of_their_area(scene):
    stack, frame = scene
    table = tabulate_ground(frame, stack, LANDSLIDES)
    assert list(table.pixels[:4]) == [round(area / 100) for area in frame.area[:4]]


def test_a_missing_band_leaves_its_rules_out_and_says_so(scene, tmp_path):
    _, frame = scene
    elevation = -10 * np.tan(np.radians(30)) * np.arange(WIDTH) * np.ones((HEIGHT, 1))
    path = write(tmp_path / "dem.tif", elevation, ("elevation",))
    stack = ground_stack([path], LANDSLIDES, inspect_raster(path).grid)
    table = tabulate_ground(frame, stack, LANDSLIDES)
    assert [trap.name for trap in table.available] == ["flat"]
    assert "over water cannot be told: the study area has no band CART_landcover" in table.notes
    steep = TrapSettings(rules=(TrapChoice(name="flat", value=35.0),))
    assert table.marks(steep)["flat_share"][3] == 1
    assert table.marks(TrapSettings.usual(LANDSLIDES))["flat_share"][3] == 0


def test_ids_under_outlines_that_the_legend_lacks_are_told(scene, tmp_path):
    stack, frame = scene
    assert tabulate_ground(frame, stack, LANDSLIDES).notes == ()
    cover = np.full((HEIGHT, WIDTH), 2)
    # Of these 24 pixels the outline "flat" holds 20; the others lie under none.
    cover[100:112, 6:8] = 11
    path = write(tmp_path / "cover.tif", cover, ("CART_landcover",))
    grid = inspect_raster(path).grid
    (note,) = [
        note
        for note in tabulate_ground(frame, ground_stack([path], LANDSLIDES, grid), LANDSLIDES).notes
        if "CART_landcover" in note
    ]
    assert "ids without a name under the outlines: 11 (20 pixels), 20 pixels in all" in note


def test_terrain_beside_an_image_serves_wetlands(scene, tmp_path):
    _, frame = scene
    slope = write(tmp_path / "slope.tif", np.full((HEIGHT, WIDTH), 20), ("slope",))
    water = write(tmp_path / "B5.tif", np.full((HEIGHT, WIDTH), 350), ("",))
    stack = ground_stack([water, slope], WETLANDS, inspect_raster(slope).grid)
    table = tabulate_ground(frame, stack, WETLANDS).marks(TrapSettings.usual(WETLANDS))
    assert table["traps"][0] == "steep, open_water"


def test_a_run_without_outlines_has_an_empty_table(scene):
    stack, frame = scene
    table = tabulate_ground(frame[:0], stack, LANDSLIDES)
    assert table.marks(TrapSettings.usual(LANDSLIDES)).empty


def test_a_file_of_outlines_is_marked(scene, tmp_path):
    stack, frame = scene
    frame.to_file(tmp_path / "polygons.gpkg")
    found = mark_traps(stack, tmp_path / "polygons.gpkg", LANDSLIDES)
    assert found["traps"][1] == "flat"


@pytest.mark.parametrize("task", TASKS.values(), ids=TASKS)
def test_every_rule_reads_and_can_be_stored(task):
    settings = TrapSettings.usual(task)
    assert TrapSettings.from_json(settings.to_json()) == settings
    json.loads(settings.to_json())
    assert [rule.name for _, rule in settings.chosen(task)] == [
        t.name for t in traps_of(task) if t.on
    ]
    for trap in traps_of(task):
        assert trap.help.endswith(".")
        assert trap.name.isidentifier()
    assert len({trap.name for trap in traps_of(task)}) == len(traps_of(task))


def test_rules_in_words():
    water, _, flat, *_ = TRAPS["landslides"]
    assert flat.words() == "slope below 5 degrees"
    assert flat.words(12.0) == "slope below 12 degrees"
    assert water.words((7, 8)) == "CART_landcover is 7 or 8"


def test_edges_of_a_fine_scale_are_exact():
    trap = Trap("x", "x", "b", "above", 0.3, "x.", scale=(0.0, 1.0, 0.1))
    bins = Bins.of(trap)
    values = np.array([-5, 0.29, 0.3, 0.31, 0.7, 5], np.float32)
    assert bins.met(trap, 0.3)[bins.place(values)].tolist() == [
        False,
        False,
        True,
        True,
        True,
        True,
    ]
    assert bins.met(trap, 0.7)[bins.place(values)].tolist() == [False] * 4 + [True] * 2
    below = Trap("x", "x", "b", "below", 0.3, "x.", scale=(0.0, 1.0, 0.1))
    assert bins.met(below, 0.3)[bins.place(values)].tolist() == [True, True] + [False] * 4


@pytest.mark.parametrize(
    ("rule", "sentence"),
    [
        ({"name": "lava", "value": 1.0}, "no rule 'lava'; its rules are water, snow, flat"),
        ({"name": "flat", "value": 99.0}, "from 0 to 45 degrees in steps of 1, got 99"),
        ({"name": "flat", "value": 2.5}, "in steps of 1, got 2.5"),
        ({"name": "flat", "value": (3,)}, "expected one number"),
        ({"name": "water", "value": 3.0}, "expected class ids"),
    ],
)
def test_impossible_rules_are_refused(rule, sentence):
    with pytest.raises(SettingsError, match=sentence):
        TrapSettings(rules=(rule,)).chosen(LANDSLIDES)


def test_a_rule_twice_is_refused():
    twice = [TrapChoice(name="flat", value=5.0)] * 2
    with pytest.raises(SettingsError, match="each rule counts once"):
        TrapSettings(rules=twice)


def test_a_map_of_a_part_reads_the_same_ground(scene, tmp_path):
    """A run limited to an area of interest has a smaller grid than its rasters."""
    stack, frame = scene
    part = replace(stack, grid=stack.grid.window(Window(10, 90, 30, 460)))
    inside = frame.iloc[[2, 3]]
    whole = tabulate_ground(inside, stack, LANDSLIDES).marks(TrapSettings.usual(LANDSLIDES))
    cropped = tabulate_ground(inside, part, LANDSLIDES).marks(TrapSettings.usual(LANDSLIDES))
    assert cropped.equals(whole)


def test_real_wetlands_are_hardly_marked(shared_data):
    """Rules must not fire where people mapped wetlands: Gewata, class 6, patches over 2 ha."""
    folder = shared_data / "gewata"
    with rasterio.open(folder / "lulcGewata.tif") as dataset:
        wet = (dataset.read(1) == 6).astype(np.uint8)
        patches = [
            shapely.geometry.shape(s) for s, _ in shapes(wet, wet > 0, transform=dataset.transform)
        ]
        crs = dataset.crs
    large = [patch for patch in patches if patch.area > 20_000]
    frame = geopandas.GeoDataFrame({"id": range(len(large))}, geometry=large, crs=crs)
    rasters = sorted(folder.glob("GewataB*.tif"))
    stack = ground_stack(rasters, WETLANDS, inspect_raster(rasters[0]).grid)
    table = tabulate_ground(frame, stack, WETLANDS)
    assert [trap.name for trap in table.available] == ["open_water", "cloud"]
    marks = table.marks(TrapSettings.usual(WETLANDS))
    assert len(marks) > 40
    assert (marks["traps"] != "").mean() < 0.02


def test_the_documentation_lists_every_rule_with_its_value():
    text = (Path(__file__).parents[2] / "docs" / "how_sure.md").read_text(encoding="utf-8")
    table = text[text.index("| task | rule |") :]
    for traps in TRAPS.values():
        for trap in traps:
            row = next(line for line in table.splitlines() if trap.title in line)
            if not isinstance(trap.value, tuple):
                assert f"{trap.rule} {trap.value:g}" in row
