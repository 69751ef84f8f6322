"""Article III again: networks, trees, segments and a colour network learned on part of one event."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from rasterio.windows import Window

from geoseg.comparison import CompareRequest, compare
from geoseg.experiments.hand_points import write_points
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
from geoseg.experiments.settings import ExperimentSettings, Watch
from geoseg.experiments.table import Column, ResultTable, Row
from geoseg.grid import Grid
from geoseg.simulate.landslides import simulate_event
from geoseg.simulate.local_landslides import simulate_local
from geoseg.simulate.scene import Scene
from geoseg.simulate.worlds import WORLDS
from geoseg.tasks.local_landslides import LOCAL_LANDSLIDES
from geoseg.training.settings import TrainSettings
from geoseg.training.tree_settings import TreeSettings

TASK = LOCAL_LANDSLIDES.name
WORLD = "fjord"
"""The kind of country of the article's event."""
FIRST_SEED = 50_000
SIZES = {"quick": 512, "article": 1024}
JUDGING_SHARE = 1 / 3
"""Of the half that teaches: this end of it validates."""
UNSEEN = "unseen half"
SUB_AREAS = ("A", "B", "C", "D")
"""A and B lie in the half that taught, C and D in the other."""

CART, UNET, SEGMENTS, COLOUR = (
    "CART from points", "U-Net", "k-means segments and forest", "colour network",
)  # fmt: skip
PUBLISHED = {
    (CART, "setting1"): (0.62, 0.73, 0.67, 0.63),
    (CART, "setting2"): (0.72, 0.74, 0.73, 0.73),
    (CART, "setting3"): (0.06, 0.72, 0.11, 0.20),
    (CART, "setting4"): (0.59, 0.72, 0.65, 0.65),
    (UNET, "setting1"): (0.80, 0.33, 0.47, 0.51),
    (UNET, "setting2"): (0.83, 0.79, 0.81, 0.89),
    (UNET, "setting3"): (0.85, 0.74, 0.79, 0.79),
    (UNET, "setting4"): (0.84, 0.73, 0.78, 0.78),
    (COLOUR, "rgb"): (0.02, 0.37, 0.04, 0.07),
}
"""Precision, recall, F1 and MCC: Table 4 of the article, and for the colour network its Table 3."""
PUBLISHED_BY_AREA = {(COLOUR, "rgb"): {"A": 0.40, "B": 0.07, "C": 0.40, "D": 0.44}}
"""F1, Table 3 of the article."""
WHERE = (
    "Scores of ours are those of the half nobody learned from; the article's those of its whole area, "
    "part of which taught."
)
ELSEWHERE = (
    "The article's forest of segments and colour network came trained on other ground: ours learned "
    "here. It prints no scores of the former, which found no landslide."
)
MCC = "MCC with the root that the article's formula leaves out."
METRICS = ("precision", "recall", "f1", "mcc")


@dataclass(frozen=True)
class Trial:
    """One line of the table: a method on a setting, and the name of its member."""

    method: str
    setting: str
    name: str

    @property
    def words(self) -> tuple[str, str]:
        """Cells of a row."""
        return self.method, LOCAL_LANDSLIDES.setting(self.setting).title


TRIALS = (
    *(Trial(CART, f"setting{n}", f"cart-setting{n}") for n in range(1, 5)),
    *(Trial(UNET, f"setting{n}", f"unet-setting{n}") for n in range(1, 5)),
    Trial(SEGMENTS, "setting4", "segments-setting4"),
    Trial(COLOUR, "rgb", "unet-rgb"),
)


@dataclass(frozen=True)
class Site:
    """The simulated event in files.

    Attributes:
        area: All of it, to be mapped.
        dataset: The half that teaches.
        judges: Scenes of it that validate.
        points: Points of landslides and of other ground in it.
        sub_areas: Outlines of A to D and of the unseen half.
        kinds: Kind of ground -> how many points it has.
    """

    area: Area
    dataset: Path
    judges: tuple[str, ...]
    points: Path
    sub_areas: Path
    kinds: Mapping[str, int]


def run_landslides(settings: ExperimentSettings, out: Path, watch: Watch) -> list[ResultTable]:
    """Learn by every method, map the whole event, and score on the half nobody learned from.

    Args:
        settings: Recipe, seed and steps.
        out: Gets data, members, runs/<member> and compared/<member>.
        watch: Hears of the work.
    """
    site = make_site(settings, out / "data", watch)
    cards = {
        trial: learn(site.dataset, _training(trial, site, settings), out / "members", watch)
        for trial in TRIALS
    }
    scores = {}
    for trial, card in cards.items():
        run = out / "runs" / trial.name
        map_area(site.area, out / "members", run_choices(card), run, watch)
        request = CompareRequest(run=run, areas=site.sub_areas)
        record = compare(request, out / "compared" / trial.name, watch.progress, watch.cancelled)
        scores[trial] = {area["name"]: area for area in record["areas"]}
    return [_method_table(scores, site), _area_table(scores)]


def make_site(settings: ExperimentSettings, folder: Path, watch: Watch) -> Site:
    """Simulate the event; its western half teaches, the southern end of which validates."""
    size = SIZES[settings.recipe]
    place = [world.name for world in WORLDS].index(WORLD)
    seed = FIRST_SEED + place + len(WORLDS) * settings.seed
    scene, half = simulate_local(seed, size), size // 2
    end = round(half * 2 * JUDGING_SHARE)
    parts = {
        "teaching": Window(0, 0, half, size - end),
        "judging": Window(0, size - end, half, end),
    }
    scenes = [cut(scene, window, name) for name, window in parts.items()]
    # What an earlier experiment left would teach too.
    shutil.rmtree(folder / "half", ignore_errors=True)
    write_training(folder / "half", scenes, watch)
    cover = simulate_event(seed, size).ground.cover
    points = folder / "points.gpkg"
    kinds = write_points(points, scene, cover, parts["teaching"], settings.seed)
    return Site(
        area=write_area(folder / "area", scene, "event"),
        dataset=folder / "half",
        judges=("judging",),
        points=points,
        sub_areas=_write_sub_areas(folder / "sub_areas.gpkg", scene.grid),
        kinds=kinds,
    )


def cut(scene: Scene, window: Window, name: str) -> Scene:
    """Return a window of a scene as a scene of its own."""
    rows, columns = window.toslices()
    return Scene(
        name=name,
        grid=scene.grid.window(window),
        bands=scene.bands[:, rows, columns],
        reference=scene.reference[rows, columns],
        seed=scene.seed,
        world=scene.world,
        task=scene.task,
    )


def _write_sub_areas(path: Path, grid: Grid) -> Path:
    left, bottom, right, top = grid.bounds
    x, y = (left + right) / 2, (bottom + top) / 2
    boxes = [
        shapely.box(left, y, x, top), shapely.box(left, bottom, x, y),
        shapely.box(x, y, right, top), shapely.box(x, bottom, right, y),
        shapely.box(x, bottom, right, top),
    ]  # fmt: skip
    names = [*SUB_AREAS, UNSEEN]
    gpd.GeoDataFrame({"name": names}, geometry=boxes, crs=grid.crs).to_file(path, driver="GPKG")
    return path


def _training(
    trial: Trial, site: Site, settings: ExperimentSettings
) -> TrainSettings | TreeSettings:
    """Return the training of a trial: points for CART, labelled ground for all others."""
    if trial.method in (UNET, COLOUR):
        lesson = Lesson(
            task=TASK, setting=trial.setting, name=trial.name, judges=site.judges, crop=128,
            steps=300, article_steps=12_500,
        )  # fmt: skip
        return network(lesson, settings)
    method: dict[str, Any] = {"method": "segments"}
    if trial.method == CART:
        method = {"method": "cart", "points": str(site.points)}
    return TreeSettings(
        name=trial.name, task=TASK, setting=trial.setting, validation=site.judges,
        seed=settings.seed, **method,
    )  # fmt: skip


Scores = Mapping[Trial, Mapping[str, Mapping[str, Any]]]


def _method_table(scores: Scores, site: Site) -> ResultTable:
    """Return Table 4: every method and setting on the half nobody learned from."""
    rows = [
        Row(
            trial.words,
            {name: areas[UNSEEN][name] for name in METRICS},
            dict(zip(METRICS, PUBLISHED.get((trial.method, trial.setting), ()), strict=False)),
        )
        for trial, areas in scores.items()
    ]
    kinds = ", ".join(f"{count} {kind}" for kind, count in site.kinds.items())
    picked = (
        f"CART learned from points: {kinds}; all but landslides count as one class while it learns, "
        "and a focal mode filter follows."
    )
    titles = ("Precision", "Recall", "F1", "MCC")
    columns = tuple(Column(key, title) for key, title in zip(METRICS, titles, strict=True))
    return ResultTable(
        "Table 4. Landslides learned locally",
        ("Model", "Setting"),
        columns,
        tuple(rows),
        (WHERE, picked, ELSEWHERE, MCC),
    )


def _area_table(scores: Scores) -> ResultTable:
    """Return F1 in every sub-area."""
    rows = tuple(_area_rows(scores))
    columns = tuple(Column(name, f"F1 in {name}") for name in SUB_AREAS)
    note = "A and B lie in the half that taught, C and D in the other."
    return ResultTable("Sub-areas A to D", ("Model", "Setting"), columns, rows, (note,))


def _area_rows(scores: Scores, names: Sequence[str] = SUB_AREAS) -> Iterator[Row]:
    for trial, areas in scores.items():
        published = PUBLISHED_BY_AREA.get((trial.method, trial.setting), {})
        yield Row(trial.words, {name: areas[name]["f1"] for name in names}, published)
