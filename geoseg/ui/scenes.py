"""A study area or a finished run -> what its map shows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from geoseg.errors import WorkspaceError
from geoseg.figures.styles import style
from geoseg.grid import Grid
from geoseg.pipeline.request import RunRequest
from geoseg.stack import BandMatch, BandSource, match_bands
from geoseg.tasks import Task
from geoseg.ui import cached
from geoseg.ui.map_scene import DrawTarget, MapLayer, MapScene
from geoseg.ui.outline_layers import run_outlines
from geoseg.ui.tasks import known_task
from geoseg.web import layers
from geoseg.web.mosaics import drawn_from
from geoseg.workspace import read_record, read_request, run_folder

ELEVATION = "elevation"
PRODUCTS = (
    ("reference_classes.tif", "classes", "Reference by class"),
    ("reference.tif", "reference", "Reference"),
    ("probability.tif", "probability", "Probability"),
    ("spread.tif", "spread", "Disagreement of the members"),
    ("agreement.tif", "agreement", "Members that say yes"),
    ("entropy.tif", "entropy", "How unsure in all"),
    ("mutual_information.tif", "mutual_information", "Unsure because networks differ"),
    ("coverage.tif", "coverage", "Bands with data"),
)
"""File of a run, kind of layer, title; in the order of the panel, below right and wrong."""
OF_CLASSES = ("probability", "spread", "agreement")
"""Kinds that have a band for every class, the background first, where a task has several."""
MANY_CLASSES = 4
"""Of the feature; with more of them only the probability is offered class by class."""
CUT = "-map"
"""Ends the id of a probability that is drawn from a threshold on."""


def run_scene(run_id: str, swipe_first: bool = False, show: Sequence[str] = ("live",)) -> MapScene:
    """Return the map of a finished run.

    Args:
        run_id: The run.
        swipe_first: Start with prediction and reference side by side.
        show: Kinds of the layers shown at first; "live" is the prediction.

    Raises:
        WorkspaceError: The run has not finished or its files are gone.
    """
    folder, record, request = run_folder(run_id), read_record(run_id), read_request(run_id)
    task = known_task(request.settings.task)
    grid = Grid.from_record(record["grid"])
    drawn = _run_layers(folder, task, request.settings.threshold, show)
    return MapScene(
        bounds=grid.lonlat_bounds,
        pixel_size_m=grid.pixel_size_m,
        layers=drawn,
        backgrounds=_run_backgrounds(request, task),
        vectors=run_outlines(run_id, task.classes),
        point_url=layers.point_url([layer.id for layer in drawn if not layer.id.endswith(CUT)]),
        threshold=request.settings.threshold if drawn[0].live else None,
        curve=cached.curve(folder),
        classes=task.classes,
        swipe=(drawn[0].id, _beside(drawn)),
        mode="swipe" if swipe_first else "one",
        simulated=bool(record["simulated"]),
        description=f"Map of the run {request.title or run_id}",
    )


def area_scene(
    matches: Sequence[BandMatch], task: Task, grid: Grid, shown: str, simulated: bool = False
) -> MapScene:
    """Return the preview of a study area.

    Args:
        matches: Which layer each band is read from.
        task: Decides the composites on offer.
        grid: Where the area lies.
        shown: Name of the band or title of the composite to show.
        simulated: Say so on the map.
    """
    sources = {match.band: match.sources for match in matches if match.source}
    layer = _band_layer(sources, task, shown)
    return MapScene(
        bounds=grid.lonlat_bounds,
        pixel_size_m=grid.pixel_size_m,
        layers=(layer,),
        point_url=layers.point_url([layer.id]),
        simulated=simulated,
        description=f"{shown} of the study area",
    )


def picking_scene(
    matches: Sequence[BandMatch], task: Task, grid: Grid, draw: DrawTarget, simulated: bool = False
) -> MapScene:
    """Return the map of a study area to pick points on, over any picture of its bands.

    Args:
        matches: Which layer each band is read from.
        task: Decides the composites on offer.
        grid: Where the area lies.
        draw: What is picked, and where it is stored.
        simulated: Say so on the map.
    """
    sources = {match.band: match.sources for match in matches if match.source}
    drawn = {title: _band_layer(sources, task, title) for title in pictures(matches, task)}
    return MapScene(
        bounds=grid.lonlat_bounds,
        pixel_size_m=grid.pixel_size_m,
        layers=(),
        backgrounds=tuple(drawn.values()),
        draw=draw,
        point_url=layers.point_url([drawn[name].id for name in sources]),
        simulated=simulated,
        description="Map to pick points on",
    )


def evidence_scene(
    matches: Sequence[BandMatch],
    task: Task,
    grid: Grid,
    shown: Sequence[str],
    swipe_first: bool = False,
) -> MapScene:
    """Return a map of some bands of the demo area over its relief, one or two side by side."""
    sources = {match.band: match.sources for match in matches if match.source}
    drawn = tuple(_band_layer(sources, task, name) for name in shown)
    return MapScene(
        bounds=grid.lonlat_bounds,
        pixel_size_m=grid.pixel_size_m,
        layers=drawn,
        point_url=layers.point_url([layer.id for layer in drawn]),
        swipe=(drawn[0].id, drawn[-1].id),
        mode="swipe" if swipe_first else "one",
        simulated=True,
        description=f"{', '.join(layer.title for layer in drawn)} of the demo area",
    )


def pictures(matches: Sequence[BandMatch], task: Task) -> dict[str, str]:
    """Return what a preview can show, key -> title: composites, the relief, then every band."""
    there = {match.band for match in matches if match.source}
    composites = {title: title for title, bands in task.pictures
                  if set(bands) <= there}  # fmt: skip
    relief = {"hillshade": "Hillshade"} if ELEVATION in there else {}
    bands = {band.name: f"{band.title} ({band.name})" for band in task.bands if band.name in there}
    return {**composites, **relief, **bands}


def _run_layers(
    folder: Path, task: Task, threshold: float, show: Sequence[str]
) -> tuple[MapLayer, ...]:
    """Return the prediction, right and wrong, and every other product, in that order."""
    several = task.outputs > 1
    drawn = (
        _class_layer(folder, task, show) if several else _live_map(folder, task, threshold, show)
    )
    others = [
        layer
        for name, kind, title in PRODUCTS
        if (folder / name).is_file()
        for layer in _product_layers(folder / name, kind, title, task, kind in show)
    ]
    return (drawn, *_right_and_wrong(folder, task, None if several else threshold, show), *others)


def _beside(drawn: Sequence[MapLayer]) -> str:
    """Return the layer that first stands beside the prediction: the truth, else the probability."""
    others = {layer.kind: layer.id for layer in reversed(drawn[1:])}
    kinds = [kind for kind in ("classes", "reference", "probability") if kind in others]
    return others[kinds[0]] if kinds else drawn[-1].id


def _product_layers(path: Path, kind: str, title: str, task: Task, visible: bool) -> list[MapLayer]:
    """Return a product as one layer, or as one for every class of the feature."""
    if task.outputs == 1 or kind not in OF_CLASSES:
        drawn = product_layer(path, kind, title, task, visible)
        # Drawn like the map itself, but it is what people mapped.
        return [replace(drawn, help=style("reference").help) if kind == "classes" else drawn]
    if len(task.feature_ids) > MANY_CLASSES and kind != "probability":
        return []
    labels = [label for label in task.classes if label.id in task.feature_ids]
    return [
        # Bands count from 1 and the first is the background's, class id 0.
        product_layer(path, kind, f"{title}: {label.name}", task, visible, band=label.id + 1)
        for label in labels
    ]


def _live_map(folder: Path, task: Task, threshold: float, show: Sequence[str]) -> MapLayer:
    """Return the prediction as a probability cut at the threshold, which the viewer may move."""
    probability = layers.register(folder / "probability.tif", "probability", "Probability",
                                  task=task.name)  # fmt: skip
    return MapLayer(
        # Tiles of a probability drawn from a threshold on: an id of its own, the same tiles.
        id=f"{probability}{CUT}",
        kind="classes",
        title=f"Map of {task.feature}s",
        url=layers.tile_url(probability, threshold=threshold),
        visible="live" in show,
        live=True,
    )


def _class_layer(folder: Path, task: Task, show: Sequence[str]) -> MapLayer:
    """Return the prediction of several classes: no single threshold parts them."""
    title = f"Map of {task.feature}s"
    return product_layer(folder / "classes.tif", "classes", title, task, "live" in show)


def _right_and_wrong(
    folder: Path, task: Task, threshold: float | None, show: Sequence[str]
) -> list[MapLayer]:
    """Return right and wrong, following the threshold where there is one; none without reference."""
    title, shown = style("confusion").title, "confusion" in show
    reference, counted = folder / "reference.tif", folder / "confusion.tif"
    if threshold is not None and reference.is_file():
        probability = folder / "probability.tif"
        layer_id = layers.register_live_confusion(probability, reference, title, task.name)
        url = layers.tile_url(layer_id, threshold=threshold)
        return [MapLayer(layer_id, "confusion", title, url, shown, live=True)]
    if counted.is_file():
        return [product_layer(counted, "confusion", title, task, shown)]
    return []


def product_layer(
    path: Path, kind: str, title: str, task: Task, visible: bool, *, band: int = 1
) -> MapLayer:
    """Register one band of a raster of a run or a comparison as a layer."""
    layer_id = layers.register(path, kind, title, band, task.name)
    return MapLayer(layer_id, kind, title, layers.tile_url(layer_id), visible)


def _run_backgrounds(request: RunRequest, task: Task) -> tuple[MapLayer, ...]:
    """Return the pictures of the run's own rasters; none where the files are gone since."""
    if not all(path.is_file() for path in request.rasters):
        return ()
    matches = match_bands(cached.rasters(request.rasters), task, request.bands)
    sources = {match.band: match.sources for match in matches if match.source}
    titles = [title for title in pictures(matches, task) if title not in sources]
    titles = sorted(titles, key=lambda title: title != "hillshade") or list(sources)[:1]
    try:
        return tuple(_band_layer(sources, task, title) for title in titles)
    except WorkspaceError:
        # A run of the command line may read files that the server does not show.
        return ()


def _band_layer(sources: Mapping[str, Sequence[BandSource]], task: Task, shown: str) -> MapLayer:
    """Register one band, the relief or a composite of a study area."""
    composites = dict(task.pictures)
    if shown in composites:
        parts = [drawn_from(sources[name], task.band(name).kind) for name in composites[shown]]
        layer_id = layers.register_rgb(parts, shown)
        return MapLayer(layer_id, "rgb", shown, layers.tile_url(layer_id), visible=True)
    kind, name = ("hillshade", ELEVATION) if shown == "hillshade" else ("band", shown)
    title = style(kind).title if kind == "hillshade" else task.band(name).title
    path, band = drawn_from(sources[name], task.band(name).kind)
    layer_id = layers.register(path, kind, title, band=band)
    return MapLayer(layer_id, kind, title, layers.tile_url(layer_id), visible=True)
