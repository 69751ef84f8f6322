"""Files of outlines of a run or a comparison -> layers of the map, with their colours and words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geoseg.exports.taught_ground import LEGEND as TAUGHT_LEGEND
from geoseg.exports.taught_ground import NAME as TAUGHT_FILE
from geoseg.tasks import ClassLabel
from geoseg.ui.map_scene import DrawTarget, VectorLayer
from geoseg.web.vector_layers import register_vector, vector_url
from geoseg.workspace import run_folder

POLYGONS = "polygons.gpkg"
MEASURES = {"class": "Called", "area_m2": "Area", "mean_prob": "Mean probability",
            "mean_sprd": "Mean spread"}  # fmt: skip
"""Columns of a run's outlines -> what the box at a click calls them."""
OBJECT_COLOURS = {"detected": "#1b9e5a", "confirmed": "#66c2a4", "missed": "#1f5fd0",
                  "false": "#d62728", "too small": "#8a8f94"}  # fmt: skip
OBJECT_WORDS = {
    "detected": "in the reference, detected",
    "confirmed": "mapped, and in the reference",
    "missed": "in the reference, missed",
    "false": "mapped, not in the reference",
    "too small": "in the reference, below the run's smallest patch",
}


@dataclass(frozen=True)
class _Kind:
    """How the outlines of one file are drawn."""

    file: str
    title: str
    fields: Mapping[str, str]
    colour_by: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    dot_pixels: float = 2.5


OBJECTS = _Kind(
    "objects.gpkg", "Outlines found, missed, false",
    {"status": "Beside the reference", "area_m2": "Area", "best_iou": "Best IoU"},
    "status", OBJECT_COLOURS, OBJECT_WORDS,
)  # fmt: skip
VISITS = _Kind(
    "visits.gpkg", "Unsure places to visit", {"rank": "Rank", "why": "Why"},
    colours={"": "#8a3ffc"}, words={"": "place"}, dot_pixels=6,
)  # fmt: skip
LABEL_NEXT = _Kind(
    "label_next.gpkg", "Where to label next", {"rank": "Rank", "kind": "Kind", "area_m2": "Area"},
    colours={"": "#b8500b"},
)  # fmt: skip
TAUGHT = _Kind(
    TAUGHT_FILE, "Ground the networks know", {"class": "What it did"}, "class",
    {label.name: label.colour for label in TAUGHT_LEGEND},
    {"taught": "taught the networks", "judged": "chose them (validation)"},
)  # fmt: skip
PLACES = (VISITS, LABEL_NEXT)
OF_A_COMPARISON = (OBJECTS, *PLACES)


def run_outlines(
    run_id: str, classes: Sequence[ClassLabel] = (), visible: bool = False
) -> tuple[VectorLayer, ...]:
    """Return the outlines of a run as a layer; none where the run has no outlines.

    Args:
        run_id: The run.
        classes: The task's legend; outlines of several classes take its colours.
        visible: Shown from the start.
    """
    colours = {label.name: label.colour for label in classes if label.id}
    if len(colours) > 1:
        kind = _Kind(POLYGONS, "Outlines", MEASURES, "class", colours)
    else:
        kind = _Kind(POLYGONS, "Outlines", MEASURES)
    return _layers(run_folder(run_id), (kind,), visible)


def taught_outlines(run_id: str, visible: bool = False) -> tuple[VectorLayer, ...]:
    """Return the ground that taught or judged the networks of a run; none where there is none."""
    return _layers(run_folder(run_id), (TAUGHT,), visible)


def sub_areas_target(run_id: str) -> DrawTarget:
    """Return what lets the map draw the sub-areas of a run."""
    return DrawTarget(f"/api/v1/runs/{run_id}/sub-areas", "areas", "Areas of your own")


def comparison_outlines(folder: Path) -> tuple[VectorLayer, ...]:
    """Return the outlines and places of a finished comparison as layers, none of them shown yet."""
    return _layers(folder, OF_A_COMPARISON, visible=False)


def object_outlines(folder: Path) -> tuple[VectorLayer, ...]:
    """Return the outlines found, missed and false of a folder as a layer that is shown."""
    return _layers(folder, (OBJECTS,), visible=True)


def place_outlines(folder: Path) -> tuple[VectorLayer, ...]:
    """Return the places of a finished comparison as layers, none of them shown yet."""
    return _layers(folder, PLACES, visible=False)


def _layers(folder: Path, kinds: tuple[_Kind, ...], visible: bool) -> tuple[VectorLayer, ...]:
    return tuple(
        _layer(folder / kind.file, kind, visible)
        for kind in kinds
        if (folder / kind.file).is_file()
    )


def _layer(path: Path, kind: _Kind, visible: bool) -> VectorLayer:
    layer_id = register_vector(path, kind.title, tuple(kind.fields))
    return VectorLayer(
        id=layer_id,
        title=kind.title,
        url=vector_url(layer_id),
        colour_by=kind.colour_by,
        colours=kind.colours,
        words=kind.words,
        fields=kind.fields,
        visible=visible,
        dot_pixels=kind.dot_pixels,
    )
