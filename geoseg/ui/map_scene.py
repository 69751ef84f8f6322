"""What one map shows: raster layers, outlines, what is drawn on it; plain objects, no drawing."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from geoseg.evaluation.curves import ScoreHistogram
from geoseg.tasks import ClassLabel

Bounds = tuple[float, float, float, float]
"""(west, south, east, north), degrees; west is greater than east across 180 degrees."""
Mode = Literal["one", "swipe", "side"]
"""All layers stacked; two maps parted by a line; two maps beside each other that move together."""


@dataclass(frozen=True)
class MapLayer:
    """One layer of pixels.

    Attributes:
        id: The layer's id in the registry of tiles.
        kind: Decides colours and legend, see `geoseg.figures.styles`.
        title: Name in the panel.
        url: Address of its tiles.
        visible: Shown from the start.
        live: Follows the threshold slider; its address has a `threshold`.
        counts: Pixels of each stored value, for the legend; empty for none.
        help: How to read it; "" takes what is said of its kind.
    """

    id: str
    kind: str
    title: str
    url: str
    visible: bool = False
    live: bool = False
    counts: Mapping[int, int] = field(default_factory=dict)
    help: str = ""


@dataclass(frozen=True)
class VectorLayer:
    """One layer of outlines.

    Attributes:
        id: The layer's id in the registry of outlines.
        title: Name in the panel.
        url: Address of its tiles.
        colour_by: Column whose value decides the colour; "" for one colour.
        colours: Value of that column -> '#rrggbb'; values not named take the plain colour.
        words: Value -> what the legend calls it; the value itself where not named.
        fields: Column -> what the box at a click calls it, in that order.
        visible: Shown from the start.
        clickable: A click on an outline opens a box with its `fields`.
        dot_pixels: Radius of a point, and of an outline too small to be seen.
        link: Words and address of a link in that box, `{id}` being the outline's number; it opens
            beside the page. ("", "") for none.
    """

    id: str
    title: str
    url: str
    colour_by: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    visible: bool = True
    clickable: bool = True
    dot_pixels: float = 2.5
    link: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class DrawTarget:
    """What the user may draw and where each change is stored at once.

    Attributes:
        url: For "areas" and "points" a GeoJSON FeatureCollection is read and written here whole
            (GET, PUT); for "corrections" every change is sent here (POST) and taken back (DELETE).
        kind: Named areas of one's own, corrections of a layer's outlines, or points of a class.
        title: Heading in the panel.
        outlines: For corrections: id of the `VectorLayer` that is corrected.
        classes: For points: those that can be picked. For corrections: those an outline can be of;
            empty where there is one.
        fewest: For points: how many each class needs.
        enough: For points: how many of a class serve well.
        elsewhere: For points: class id -> those picked in other areas, which count too.
        download: For points: address of their file.
        version: Another number draws the map anew, where what is stored changed beside it.
    """

    url: str
    kind: Literal["areas", "corrections", "points"]
    title: str
    outlines: str = ""
    classes: tuple[ClassLabel, ...] = ()
    fewest: int = 0
    enough: int = 0
    elsewhere: Mapping[int, int] = field(default_factory=dict)
    download: str = ""
    version: int = 0


@dataclass(frozen=True)
class MapScene:
    """Everything one map shows.

    Attributes:
        bounds: What is seen at first, and the ground the layers cover.
        focus: Where the map goes at first instead; None for all of it.
        pixel_size_m: Side of a ground pixel; decides how far one may zoom.
        layers: Top layer first.
        backgrounds: What can lie below; the first is shown.
        vectors: Outlines over all layers, top first.
        draw: What may be drawn; None for nothing.
        selected: Number of the outline (its `id`) that is marked, its box opened; None for none.
        point_url: Where the values at a point are asked; "" switches clicking off.
        threshold: The run's threshold; None hides the slider.
        curve: The scores at every threshold, where there is a reference.
        classes: The task's legend.
        swipe: Ids of the left and the right layer when two maps are seen.
        mode: How the map starts.
        simulated: Say on the map that the data are made up.
        description: What a screen reader says.
    """

    bounds: Bounds
    pixel_size_m: float
    layers: tuple[MapLayer, ...]
    backgrounds: tuple[MapLayer, ...] = ()
    vectors: tuple[VectorLayer, ...] = ()
    draw: DrawTarget | None = None
    selected: int | None = None
    focus: Bounds | None = None
    point_url: str = ""
    threshold: float | None = None
    curve: ScoreHistogram | None = None
    classes: tuple[ClassLabel, ...] = ()
    swipe: tuple[str, str] = ("", "")
    mode: Mode = "one"
    simulated: bool = False
    description: str = "Map"
