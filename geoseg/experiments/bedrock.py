"""Article I again: two predictor sets, four sampling designs, five cases; on simulated ground."""

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio

from geoseg.comparison import CompareRequest, compare
from geoseg.evaluation.counts import Confusion, Metrics
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
from geoseg.experiments.pictures import CONFUSION, draw_confusion, draw_scores
from geoseg.experiments.rectangles import Drawn, cut_scenes, draw_case, inside, write_rectangles
from geoseg.experiments.settings import ARTICLE, QUICK, ExperimentSettings, Watch
from geoseg.experiments.table import Column, ResultTable, Row
from geoseg.figures.compare import Placed
from geoseg.simulate.kinds import make_scene
from geoseg.simulate.rock_worlds import ROCK_WORLDS
from geoseg.simulate.scene import Scene
from geoseg.tasks.bedrock import BEDROCK
from geoseg.tasks.method import Rectangles

FIRST_SEED = 50_000
"""Of the kind of country the article's area is: a fjord coast with bare hills comes first."""
PREDICTORS = {"landsat8": "L8", "terrain": "DEM"}
"""Setting -> what the article calls it."""
AROUND = 32
"""Pixels beyond a rectangle that its network sees but is not taught by."""
SCORES = ("f1", "mcc", "accuracy", "precision", "recall")


@dataclass(frozen=True)
class Extent:
    """How much is done.

    Attributes:
        size: Side of the area, pixels of 10 m.
        cases: Random draws of every design.
        steps: Of the training, under the recipe quick.
        batch: Patches a step.
        designs: Ways to place rectangles.
    """

    size: int
    cases: int = BEDROCK.sampling.cases
    steps: int = 30
    batch: int = 4
    designs: tuple[Rectangles, ...] = BEDROCK.sampling.designs


EXTENTS = {
    QUICK: Extent(size=1024),
    ARTICLE: Extent(size=1792, batch=BEDROCK.recipe.batch),
}
"""The article's area has 307 square km of land; 1792 pixels a side are 321 with the sea."""
PUBLISHED = {
    ("landsat8", "large"): (0.60, 0.40, 0.73, 0.64, 0.56),
    ("terrain", "large"): (0.84, 0.74, 0.87, 0.81, 0.88),
    ("landsat8", "large-rocky"): (0.39, 0.27, 0.67, 0.71, 0.26),
    ("terrain", "large-rocky"): (0.83, 0.71, 0.85, 0.76, 0.90),
    ("landsat8", "small"): (0.20, 0.19, 0.67, 0.72, 0.12),
    ("terrain", "small"): (0.81, 0.68, 0.85, 0.81, 0.81),
    ("landsat8", "small-rocky"): (0.22, 0.21, 0.67, 0.76, 0.13),
    ("terrain", "small-rocky"): (0.77, 0.63, 0.83, 0.82, 0.72),
}
"""Table 3 of the article, by predictors and design: the best case by each of `SCORES`."""


@dataclass(frozen=True)
class Outcome:
    """How one network does on the whole area.

    Attributes:
        predictors: Setting of the task.
        design: Name of the design.
        case: From 1.
        validation_f1: On the rectangles that judge.
        whole: Pixels of the whole area.
        away: Those outside every rectangle.
    """

    predictors: str
    design: str
    case: int
    validation_f1: float
    whole: Confusion
    away: Confusion

    @property
    def name(self) -> str:
        """Name of the network and of its run."""
        return f"{self.predictors}-{self.design}-{self.case}"

    @property
    def scores(self) -> Metrics:
        """What the tables tell of it."""
        own = {"case": self.case, "away": self.away.metrics()["f1"]}
        return {**self.whole.metrics(), **own}


@dataclass(frozen=True)
class _Bench:
    """What every case of one experiment shares."""

    settings: ExperimentSettings
    out: Path
    watch: Watch
    extent: Extent
    scene: Scene
    area: Area


def run_bedrock(
    settings: ExperimentSettings, out: Path, watch: Watch, extent: Extent | None = None
) -> list[ResultTable]:
    """Train and judge every network and return both tables.

    Args:
        settings: Recipe, seed and steps.
        out: Gets data, members, runs/<network>, compared and figures.
        watch: Hears of the work.
        extent: How much is done; None takes the recipe's.
    """
    extent = extent or EXTENTS[settings.recipe]
    scene = make_scene("bedrock", FIRST_SEED + len(ROCK_WORLDS) * settings.seed, extent.size)
    area = write_area(out / "data", scene, "area")
    bench = _Bench(settings, out, watch, extent, scene, area)
    outcomes = []
    for place, design in enumerate(extent.designs):
        for case in range(1, extent.cases + 1):
            rng = np.random.default_rng((settings.seed, place, case))
            drawn = draw_case(scene.reference, scene.grid.pixel_size_m, design, rng)
            outcomes += _case(bench, drawn, design, case)
    chosen = best_cases(outcomes)
    _draw(outcomes, chosen, out, watch)
    return [_best_table(chosen, bench), _mean_table(outcomes, extent)]


def _case(bench: _Bench, drawn: Drawn, design: Rectangles, case: int) -> list[Outcome]:
    """Learn one case of a design from both predictor sets, and map the area by each."""
    dataset, watch = bench.out / "data" / f"{design.name}-{case}", bench.watch
    # What an earlier, unfinished experiment left would teach too.
    shutil.rmtree(dataset, ignore_errors=True)
    scenes = cut_scenes(bench.scene, drawn.teaching, "training", AROUND)
    write_training(dataset, scenes, watch)
    judges = write_training(dataset, cut_scenes(bench.scene, drawn.judging, "evaluation"), watch)
    parts = {"training": drawn.teaching, "evaluation": drawn.judging}
    write_rectangles(dataset.with_suffix(".gpkg"), bench.scene.grid, parts)
    found = []
    for predictors in PREDICTORS:
        name = f"{predictors}-{design.name}-{case}"
        lesson = _lesson(name, predictors, judges, bench.extent, design)
        card = learn(dataset, network(lesson, bench.settings), bench.out / "members", watch)
        run = bench.out / "runs" / name
        map_area(bench.area, bench.out / "members", run_choices(card, tile=512), run, watch)
        on_all, away = _counted(run, drawn)
        validation = card.validation_f1 or 0.0
        found.append(Outcome(predictors, design.name, case, validation, on_all, away))
    # The scenes of 40 networks would fill the disk; their rectangles stay.
    shutil.rmtree(dataset)
    return found


def _lesson(
    name: str, predictors: str, judges: tuple[str, ...], extent: Extent, design: Rectangles
) -> Lesson:
    hint, sampling = BEDROCK.recipe, BEDROCK.sampling
    epochs = hint.epochs * sampling.patches * design.count
    return Lesson(
        task="bedrock", setting=predictors, name=name, judges=judges, loss=hint.loss,
        crop=sampling.patch, batch=extent.batch, steps=extent.steps,
        article_steps=epochs // hint.batch,
    )  # fmt: skip


def _counted(run: Path, drawn: Drawn) -> tuple[Confusion, Confusion]:
    """Return the counts of a run on the whole area, and outside every rectangle."""
    record = json.loads((run / "metrics.json").read_bytes())
    on_all = Confusion(*(record[kind] for kind in ("tp", "fp", "fn", "tn")))
    with rasterio.open(run / CONFUSION) as raster:
        codes = raster.read(1)
    beyond = codes[~inside(codes.shape, (*drawn.teaching, *drawn.judging))]
    found = np.bincount(beyond, minlength=5)
    return on_all, Confusion(*(int(found[code]) for code in (1, 2, 3, 4)))


def best_cases(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], Outcome]:
    """Return the case of each predictor set and design that did best where it was judged.

    The rectangles decide, as in the article, so that the map's own score chooses nothing.
    """
    best: dict[tuple[str, str], Outcome] = {}
    for outcome in outcomes:
        key = (outcome.predictors, outcome.design)
        if key not in best or outcome.validation_f1 > best[key].validation_f1:
            best[key] = outcome
    return best


def _draw(
    outcomes: Sequence[Outcome],
    chosen: Mapping[tuple[str, str], Outcome],
    out: Path,
    watch: Watch,
) -> None:
    """Draw the confusion maps of the best cases and all scores; compare the two best maps."""
    best = {}
    for predictors in PREDICTORS:
        rows = [row for row in chosen.values() if row.predictors == predictors]
        best[predictors] = max(rows, key=lambda row: row.whole.metrics()["mcc"] or 0.0)
        run = out / "runs" / best[predictors].name
        draw_confusion(run, out / "figures" / f"confusion-{predictors}.png")
    places = [
        Placed.of(row.name, f"{PREDICTORS[row.predictors]}, {row.design}", row.scores)
        for row in outcomes
    ]
    draw_scores(places, "Every case on the whole area", out / "figures" / "scores.html")
    first, second = (out / "runs" / best[name].name for name in ("terrain", "landsat8"))
    request = CompareRequest(run=first, other=second)
    compare(request, out / "compared", watch.progress, watch.cancelled)


COLUMNS = (
    Column("f1", "F1-score"), Column("mcc", "MCC"), Column("accuracy", "Accuracy"),
    Column("precision", "Precision"), Column("recall", "Recall"),
)  # fmt: skip


def _best_table(chosen: Mapping[tuple[str, str], Outcome], bench: _Bench) -> ResultTable:
    """Return Table 3: the best case of each design and predictor set on the whole area."""
    extent, settings, scene = bench.extent, bench.settings, bench.scene
    rows = []
    for number, design in enumerate(extent.designs, start=1):
        for predictors, title in PREDICTORS.items():
            published = dict(zip(SCORES, PUBLISHED[predictors, design.name], strict=True))
            ours = chosen[predictors, design.name].scores
            rows.append(Row((f"{number} {design.name}", title), ours, published))
    steps = settings.max_steps or extent.steps
    learned = (
        f"Every network is compact and learned for {min(steps, extent.steps)} steps of "
        f"{extent.batch} patches only; the article's saw each of 20,000 or 30,000 patches 15 times."
        if settings.recipe == QUICK
        else "U-Net with an encoder of ResNet-34 in place of one of 32 to 512 channels."
    )
    designs = "; ".join(f"{n} {one.title}" for n, one in enumerate(extent.designs, start=1))
    ground = (
        f"One fjord coast of {scene.reference.size * 1e-4:.0f} square km, "
        f"{scene.facts['water_share']:.0%} of it water, which is left out; "
        f"{scene.facts['bedrock_share']:.0%} of the land is bedrock (in the article 53 %)."
    )
    note = (
        "The case with the highest F1 on its evaluation rectangles, judged on the whole area. F1 "
        "away leaves all rectangles out; the article does not tell it."
    )
    columns = (*COLUMNS, Column("away", "F1 away"), Column("case", "Case", ".0f"))
    return ResultTable(
        f"Table 3. Bedrock, the best of {extent.cases} cases", ("Setting", "Predictors"), columns,
        tuple(rows), (f"Settings, number and size of rectangles: {designs}.", ground, note, learned),
    )  # fmt: skip


def _mean_table(outcomes: Sequence[Outcome], extent: Extent) -> ResultTable:
    """Return the mean of all cases, which the article does not print, and how far F1 varies."""
    rows = []
    for number, design in enumerate(extent.designs, start=1):
        for predictors, title in PREDICTORS.items():
            own = [o for o in outcomes if (o.predictors, o.design) == (predictors, design.name)]
            ours = {key: mean(o.scores[key] for o in own) for key in (*SCORES, "away")}
            known = [f1 for o in own if (f1 := o.scores["f1"]) is not None]
            ours |= {"low": min(known, default=None), "high": max(known, default=None)}
            rows.append(Row((f"{number} {design.name}", title), ours))
    columns = (
        *COLUMNS, Column("away", "F1 away"), Column("low", "Lowest F1"),
        Column("high", "Highest F1"),
    )  # fmt: skip
    note = "The article shows the best case only. An undefined score is left out of a mean."
    labels = ("Setting", "Predictors")
    title = f"Mean of the {extent.cases} cases"
    return ResultTable(title, labels, columns, tuple(rows), (note,))


def mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of those that are defined; None where none is."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
