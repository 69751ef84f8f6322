"""Article II again: wetlands of a season, a second round where an old map disagrees, field points."""

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from rasterio.windows import Window, intersect

from geoseg.comparison import CompareRequest, compare
from geoseg.evaluation.points import accuracies
from geoseg.experiments.learning import (
    Area,
    Lesson,
    learn,
    map_area,
    network,
    run_choices,
    write_area,
    write_training,
)
from geoseg.experiments.old_map import draw_old_map, draw_points, write_ids
from geoseg.experiments.pictures import draw_confusion
from geoseg.experiments.rectangles import cut_scenes, draw_case, write_rectangles
from geoseg.experiments.settings import ARTICLE, QUICK, ExperimentSettings, Watch
from geoseg.experiments.table import Column, ResultTable, Row
from geoseg.experiments.wetland_scores import (
    MATRIX,
    OLD_PUBLISHED,
    PUBLISHED,
    TOLERANCE_M,
    flat,
    map_scores,
    matrix_row,
    pixel_iou,
    points_together,
    producers,
)
from geoseg.exports.disk import whole
from geoseg.simulate.kinds import make_scene
from geoseg.simulate.scene import Scene
from geoseg.tasks.method import Rectangles
from geoseg.tasks.wetlands import WETLANDS

FIRST_SEED, SEEDS_APART = 60_000, 40
SETTING, ROUNDS = "sentinel2", ("first", "second")
PLACES = 200
"""Disagreements of an area that are looked at."""


@dataclass(frozen=True)
class Extent:
    """How much is done.

    Attributes:
        size: Side of an area, pixels of 10 m.
        areas: How many; any four in a row show four kinds of country.
        first: Rectangles of the first round that teach, and as many that judge.
        first_km2: Least and most of one.
        further: Rectangles of the second round.
        further_pixels: Side of one.
        squares: Of field points, 18 each, in every area.
        steps: Of a training, under the recipe quick.
        batch: Patches a step.
    """

    size: int
    areas: int
    first: int
    first_km2: tuple[float, float]
    further: int
    further_pixels: int
    squares: int
    steps: int = 200
    batch: int = 8


EXTENTS = {
    QUICK: Extent(512, 4, 6, (0.8, 1.6), 8, 64, 25),
    ARTICLE: Extent(1024, 8, 17, (4.0, 8.0), 23, 128, 60, batch=16),
}
ARTICLE_STEPS = 50 * 500
"""Fifty epochs of 500 steps."""


@dataclass
class _Place:
    """One area: its truth, its files, its old map, and the rectangles on it so far."""

    scene: Scene
    area: Area
    old: NDArray[np.uint8]
    teaching: list[Window] = field(default_factory=list)
    judging: list[Window] = field(default_factory=list)
    further: list[Window] = field(default_factory=list)

    @property
    def rectangles(self) -> list[Window]:
        return [*self.teaching, *self.judging, *self.further]

    @property
    def old_path(self) -> Path:
        return self.area.stack.with_name(f"{self.area.name}_old.tif")


@dataclass(frozen=True)
class _Bench:
    """What both rounds share."""

    settings: ExperimentSettings
    out: Path
    watch: Watch
    extent: Extent
    places: Sequence[_Place]

    def run(self, place: _Place, number: str) -> Path:
        """Return the folder of an area's run of a round."""
        return self.out / "runs" / f"{place.area.name}-{number}"


def run_wetlands(
    settings: ExperimentSettings, out: Path, watch: Watch, extent: Extent | None = None
) -> list[ResultTable]:
    """Make both rounds and return their tables.

    Args:
        settings: Recipe, seed and steps.
        out: Gets data, members, runs/<area>-<round>, compared/<area> and figures.
        watch: Hears of the work.
        extent: How much is done; None takes the recipe's.
    """
    extent = extent or EXTENTS[settings.recipe]
    bench = _Bench(settings, out, watch, extent, list(_make_places(settings, out, extent)))
    _learn_and_map(bench, ROUNDS[0])
    pick_further(bench)
    _learn_and_map(bench, ROUNDS[1])
    points = _write_points(bench)
    _compare_rounds(bench, points)
    return [_matrix_table(bench, points), _rounds_table(bench, points)]


def _make_places(settings: ExperimentSettings, out: Path, extent: Extent) -> Iterable[_Place]:
    """Simulate the areas with their old maps and put the first rectangles on them."""
    for number in range(extent.areas):
        seed = FIRST_SEED + SEEDS_APART * settings.seed + number
        rng = np.random.default_rng(seed)
        scene = make_scene("wetlands", seed, extent.size)
        name = f"area{number + 1}"
        old = draw_old_map(scene.reference, scene.grid.pixel_size_m, rng)
        place = _Place(scene, write_area(out / "data", scene, name), old)
        write_ids(place.old_path, old, scene.grid)
        if count := len(range(number, extent.first, extent.areas)):
            design = Rectangles("first", "of the first round", count, extent.first_km2)
            drawn = draw_case(scene.reference, scene.grid.pixel_size_m, design, rng)
            place.teaching.extend(drawn.teaching)
            place.judging.extend(drawn.judging)
        yield place


def _learn_and_map(bench: _Bench, number: str) -> None:
    """Learn anew from all rectangles so far, and map every area."""
    dataset = bench.out / "data" / number
    # What an earlier experiment left would teach too.
    shutil.rmtree(dataset, ignore_errors=True)
    judges: list[str] = []
    for place in bench.places:
        name = place.area.name
        windows = [*place.teaching, *place.further]
        write_training(dataset, cut_scenes(place.scene, windows, f"{name}-training"), bench.watch)
        scenes = cut_scenes(place.scene, place.judging, f"{name}-evaluation")
        judges += write_training(dataset, scenes, bench.watch)
        parts = {"training": place.teaching, "evaluation": place.judging, "second": place.further}
        if place.rectangles:
            write_rectangles(dataset / f"{name}_rectangles.gpkg", place.scene.grid, parts)
    lesson = Lesson(
        task="wetlands", setting=SETTING, name=f"{number}-round", judges=tuple(judges),
        loss=WETLANDS.recipe.loss, crop=WETLANDS.sampling.patch, batch=bench.extent.batch,
        steps=bench.extent.steps, article_steps=ARTICLE_STEPS,
    )  # fmt: skip
    members = bench.out / "members"
    card = learn(dataset, network(lesson, bench.settings), members, bench.watch)
    for place in bench.places:
        choices = run_choices(card, tile=512)
        map_area(place.area, members, choices, bench.run(place, number), bench.watch)


def pick_further(bench: _Bench) -> None:
    """Put rectangles where the first map and the old one disagree most, largest and surest first."""
    frames = []
    for number, place in enumerate(bench.places):
        request = CompareRequest(
            run=bench.run(place, ROUNDS[0]), reference=place.old_path, positive=(1,), places=PLACES
        )
        folder = bench.out / "compared" / f"{place.area.name}-old"
        compare(request, folder, bench.watch.progress, bench.watch.cancelled)
        frames.append(gpd.read_file(folder / "label_next.gpkg").assign(place=number))
    found = pd.concat(frames).sort_values(["narrow", "weight"], ascending=[True, False])
    left = bench.extent.further
    for row in found.itertuples():
        place = bench.places[row.place]
        window = around(row.geometry.representative_point(), place.scene, bench.extent)
        if left and not any(intersect(window, other) for other in place.rectangles):
            place.further.append(window)
            left -= 1


def around(point: shapely.Point, scene: Scene, extent: Extent) -> Window:
    """Return the rectangle around a point, moved into the area where it would reach outside."""
    col, row = ~scene.grid.transform @ (point.x, point.y)
    side = extent.further_pixels
    corner = (
        int(np.clip(round(at) - side // 2, 0, length - side))
        for at, length in ((col, scene.grid.width), (row, scene.grid.height))
    )
    return Window(*corner, side, side)


def _write_points(bench: _Bench) -> list[gpd.GeoDataFrame]:
    """Draw field points off all rectangles and write them beside each area."""
    every = []
    for place in bench.places:
        scene, rng = place.scene, np.random.default_rng((place.scene.seed, 1))
        squares = bench.extent.squares
        points = draw_points(scene.reference, scene.grid, squares, place.rectangles, rng)
        with whole(place.area.stack.with_name(f"{place.area.name}_points.gpkg")) as target:
            points.to_file(target, driver="GPKG", layer="points")
        every.append(points)
    return every


def _compare_rounds(bench: _Bench, points: Sequence[gpd.GeoDataFrame]) -> None:
    """Set the second map beside the first in every area; draw right and wrong."""
    for place, frame in zip(bench.places, points, strict=True):
        first, second = (bench.run(place, number) for number in ROUNDS)
        draw_confusion(second, bench.out / "figures" / f"confusion-{place.area.name}.png")
        path = place.area.stack.with_name(f"{place.area.name}_points.gpkg") if len(frame) else None
        request = CompareRequest(
            run=second, other=first, points=path, point_class="class", tolerance_m=TOLERANCE_M
        )
        folder = bench.out / "compared" / place.area.name
        compare(request, folder, bench.watch.progress, bench.watch.cancelled)


def _matrix_table(bench: _Bench, points: Sequence[gpd.GeoDataFrame]) -> ResultTable:
    """Return Table 2: the error matrix of the second round, with the tolerance."""
    maps = [bench.run(place, ROUNDS[1]) / "classes.tif" for place in bench.places]
    _, found = points_together(maps, points)
    ours = {"wetland": (found.tp, found.fp), "other": (found.fn, found.tn)}
    rows = [
        Row((title,), *(matrix_row(*part[key], part[key][own]) for part in (ours, MATRIX)))
        for own, (key, title) in enumerate((("wetland", "Wetland"), ("other", "Non-wetland")))
    ]
    sides = [
        [sum(column) for column in zip(*part.values(), strict=True)] for part in (ours, MATRIX)
    ]
    totals = [{"wetland": a, "other": b, "total": a + b} for a, b in sides]
    rows.append(Row(("Total",), totals[0], totals[1]))
    both = [producers(part) for part in (accuracies(found), PUBLISHED)]
    rows.append(Row(("Producer's accuracy, %",), both[0], both[1]))
    columns = (
        Column("wetland", "Reference wetland", ".6g"), Column("other", "Non-wetland", ".6g"),
        Column("total", "Total", ".6g"), Column("users", "User's accuracy, %", ".1f"),
    )  # fmt: skip
    note = (
        f"Prediction in rows. A point is right where the map holds its class within {TOLERANCE_M:g} "
        "m; the article allows this at edges of wetlands only. Points in rectangles that a network "
        "learned from are left out."
    )
    title = "Table 2. Error matrix of the second round"
    return ResultTable(title, ("Prediction",), columns, tuple(rows), (note,))


def _rounds_table(bench: _Bench, points: Sequence[gpd.GeoDataFrame]) -> ResultTable:
    """Return the scores before and after the second round, beside those of the old map."""
    rows = []
    for number in ROUNDS:
        runs = [bench.run(place, number) for place in bench.places]
        ours = {**map_scores([run / "classes.tif" for run in runs], points), "iou": pixel_iou(runs)}
        published = flat(PUBLISHED) if number == ROUNDS[1] else {}
        rows.append(Row((f"{number.capitalize()} round",), ours, published))
    old = map_scores([place.old_path for place in bench.places], points)
    rows.append(Row(("Old map",), old, OLD_PUBLISHED))
    columns = (
        Column("users", "User's accuracy", ".1%"), Column("sensitivity", "Sensitivity", ".1%"),
        Column("specificity", "Specificity", ".1%"),
        Column("balanced_accuracy", "Balanced accuracy", ".1%"),
        Column("at_point", "Balanced accuracy, no tolerance", ".1%"),
        Column("area", "Area share", ".1%"), Column("iou", "IoU of all pixels"),
    )  # fmt: skip
    return ResultTable(
        "Before and after the second round", ("Map",), columns, tuple(rows), _notes(bench)
    )


def _notes(bench: _Bench) -> tuple[str, ...]:
    places, extent = bench.places, bench.extent
    truth = np.mean([place.scene.share(1) for place in places])
    further = sum(len(place.further) for place in places)
    steps = min(bench.settings.max_steps or extent.steps, extent.steps)
    learned = (
        f"The networks are compact and learned for {steps} steps of {extent.batch} patches."
        if bench.settings.recipe == QUICK
        else "U-Net with an encoder of ResNet-34; its rate is the recipe's, not the article's 0.1."
    )
    ground = (
        f"{len(places)} areas of {extent.size**2 * 1e-4:.0f} square km; {extent.first} rectangles "
        f"teach and {extent.first} judge in the first round (17 and 17 in the article), "
        f"{further} more teach in the second (23), laid where the first map and the old one "
        "disagree most."
    )
    old = (
        f"In truth {truth:.1%} of the ground is wetland; lakes count as ground. The old map lacks "
        "small wetlands and a third of the others, and shows some that were drained."
    )
    return ground, old, learned
