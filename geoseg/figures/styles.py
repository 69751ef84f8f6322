"""The kind of a map layer -> its colours, range and legend; tiles, QGIS styles, report share them.

Sequential ramps are ColorBrewer's (Brewer 2003, doi:10.1559/152304003100010929), chosen to stay
readable with colour-blindness; the colours of the error map are those of the reference work.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from geoseg.errors import SettingsError
from geoseg.tasks import ClassLabel

RGBA = tuple[int, int, int, int]
CLEAR: RGBA = (0, 0, 0, 0)
NO_DATA = 255
"""Stored value of no data in every layer of whole numbers."""

CONFUSION_COLOURS = {1: "#1b9e5a", 2: "#d62728", 3: "#1f5fd0", 4: "#9aa0a6"}
"""True positive green, false positive red, false negative blue, true negative grey."""
CONFUSION_WORDS = {
    1: "found, and in the reference",
    2: "false alarm: found, not in the reference",
    3: "missed: in the reference, not found",
    4: "rightly left out",
}
DIFFERENCE_COLOURS = {1: "#e66101", -1: "#5e3c99", 2: "#b3b3b3"}
"""Orange and purple, told apart by any eye; grey where only the class differs."""
DIFFERENCE_WORDS = {
    1: "only this map says so",
    -1: "only the map beside it says so",
    2: "both, of different classes",
}
PURPLE_TO_ORANGE = (
    (0.0, "#5e3c99", 255), (0.25, "#b2abd2", 220), (0.5, "#f7f7f7", 0), (0.75, "#fdb863", 220),
    (1.0, "#e66101", 255),
)  # fmt: skip
"""ColorBrewer's PuOr, clear in the middle: place in the range, colour, alpha."""
SEVEN_COLOURS = {
    1: "#e41a1c", 2: "#2c5fd4", 3: "#c026b8", 4: "#1b9e5a", 5: "#ffd92f", 6: "#22c7d6",
    7: "#ffffff",
}  # fmt: skip
"""Red, blue, magenta, green, yellow, cyan, white; the words are in `seven_words`."""
SEVEN_GROUND: RGBA = (38, 44, 50, 110)
"""A dark veil where neither map nor reference holds the feature, so that white is seen."""
BESIDE_REFERENCE = ("single_vs_ensemble", "run_vs_run")
"""Kinds of layers in seven colours."""
RIGHT_CLASS = " Where the reference tells classes apart, found means found as its class."
YES_OR_NO = 2
"""Classes of a legend with one feature and its background."""
ONE_CLASS = "Where the probability reaches the threshold."
SEVERAL_CLASSES = "The likeliest class, where all of them together reach the threshold."
FEATURE_COLOUR = "#d7301f"
REFERENCE_COLOUR = "#ffc20a"

_YELLOW_TO_RED = "ffffcc ffeda0 fed976 feb24c fd8d3c fc4e2a e31a1c bd0026 800026"
_PURPLES = "dadaeb bcbddc 9e9ac8 807dba 6a51a3 54278f 3f007d"
_YELLOW_TO_BLUE = "ffffd9 edf8b1 c7e9b4 7fcdbb 41b6c4 1d91c0 225ea8 253494 081d58"
_BROWN_TO_WHITE = "7f3b08 b35806 e08214 fdb863 fee0b6 f7f7f7"
_VIRIDIS = "440154 472d7b 3b528b 2c728e 21918c 28ae80 5ec962 addc30 fde725"
_GREYS = "000000 ffffff"
_GREENS = "edf8e9 c7e9c0 a1d99b 74c476 41ab5d 238b45 005a32"
_PINKS = "feebe2 fcc5c0 fa9fb5 f768a1 dd3497 ae017e 7a0177"


@dataclass(frozen=True)
class LayerStyle:
    """How one kind of layer is drawn.

    Attributes:
        kind: The kind's name.
        title: Heading in the legend.
        colormap: {value: rgba} for whole-number layers, else [(place in the range 0..1, rgba)].
        rescale: Values drawn at the ramp's two ends; None where the data decide (imagery, bands)
            or the layer holds whole numbers.
        legend: (label, '#rrggbb') from low to high.
        unit: Unit of the values, "" where they have none.
        help: One sentence on how to read the layer.
    """

    kind: str
    title: str
    colormap: dict[int, RGBA] | list[tuple[float, RGBA]]
    rescale: tuple[float, float] | None
    legend: list[tuple[str, str]]
    unit: str = ""
    help: str = ""

    @property
    def discrete(self) -> bool:
        """True where every value has its own colour."""
        return isinstance(self.colormap, dict)

    def table(self, steps: int = 256) -> dict[int, RGBA]:
        """Return {0..steps-1: rgba}: the ramp in even steps, or the discrete colours as they are."""
        if isinstance(self.colormap, dict):
            return dict(self.colormap)
        return {step: _between(self.colormap, step / (steps - 1)) for step in range(steps)}


def style(kind: str, classes: Sequence[ClassLabel] = ()) -> LayerStyle:
    """Return the style of a kind of layer.

    Args:
        kind: One of `KINDS`.
        classes: The task's legend; it decides the colours of "classes" and "reference" legends.

    Raises:
        SettingsError: The kind is unknown; the sentence lists the known ones.
    """
    if kind == "classes" and classes:
        return _classes(classes)
    if kind not in STYLES:
        raise SettingsError(f"no map layer of kind {kind!r}; choose one of {', '.join(STYLES)}")
    several = kind in BESIDE_REFERENCE and len(classes) > YES_OR_NO
    return replace(STYLES[kind], help=STYLES[kind].help + RIGHT_CLASS) if several else STYLES[kind]


def seven_words(first: str, second: str) -> dict[int, str]:
    """Return what the seven colours say of two maps and the reference, by stored value.

    Args:
        first: Name of the first map, e.g. "single".
        second: Name of the second map, e.g. "ensemble".
    """
    return {
        1: f"false alarm of the {first} only",
        2: f"false alarm of the {second} only",
        3: "false alarm of both",
        4: "missed by both",
        5: f"{first} right, {second} missed it",
        6: f"{first} missed it, {second} right",
        7: "found by both",
    }


def rgba(colour: str, alpha: int = 255) -> RGBA:
    """Turn '#rrggbb' into (red, green, blue, alpha), each 0 to 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue, alpha


def hex_colour(colour: RGBA) -> str:
    """Turn (red, green, blue, alpha) into '#rrggbb'; the alpha is dropped."""
    return "#" + bytes(colour[:3]).hex()


def _between(ramp: list[tuple[float, RGBA]], place: float) -> RGBA:
    """Return the colour at a place 0..1 of the ramp, linear between its stops."""
    for (low, before), (high, after) in pairwise(ramp):
        if place <= high:
            share = (place - low) / (high - low)
            red, green, blue, alpha = (
                round(a + (b - a) * share) for a, b in zip(before, after, strict=True)
            )
            return red, green, blue, alpha
    return ramp[-1][1]


def _ramp(ramp: str, faint_below: float = 0.0) -> list[tuple[float, RGBA]]:
    """Spread colours evenly over 0..1; below `faint_below` they fade so the ground shows."""
    colours = ramp.split()
    last = len(colours) - 1
    places = [index / last for index in range(last + 1)]
    return [
        (place, rgba(colour, _alpha(place, faint_below)))
        for place, colour in zip(places, colours, strict=True)
    ]


def _alpha(place: float, faint_below: float) -> int:
    return 255 if place >= faint_below else round(255 * place / faint_below)


def _ends(ramp: str, labels: Sequence[str]) -> list[tuple[str, str]]:
    """Pick evenly spaced colours of a ramp for the labels of a legend."""
    colours = ramp.split()
    last = len(colours) - 1
    picks = [round(index * last / (len(labels) - 1)) for index in range(len(labels))]
    return [(label, f"#{colours[pick]}") for label, pick in zip(labels, picks, strict=True)]


def _classes(classes: Sequence[ClassLabel]) -> LayerStyle:
    colours = {c.id: rgba(c.colour) if c.id else CLEAR for c in classes}
    return LayerStyle(
        "classes", "Map", colours | {NO_DATA: CLEAR}, None,
        [(c.name, c.colour) for c in classes if c.id],
        help=SEVERAL_CLASSES if len(classes) > YES_OR_NO else ONE_CLASS,
    )  # fmt: skip


def _seven(kind: str, title: str, names: tuple[str, str], about: str) -> LayerStyle:
    colours = {value: rgba(colour) for value, colour in SEVEN_COLOURS.items()}
    return LayerStyle(
        kind, title, colours | {0: SEVEN_GROUND, NO_DATA: CLEAR}, None,
        [(words, SEVEN_COLOURS[value]) for value, words in seven_words(*names).items()],
        help=about,
    )  # fmt: skip


DIFFERENCE_TABLE = {value: rgba(colour) for value, colour in DIFFERENCE_COLOURS.items()}
DIFFERENCE_TABLE |= {0: CLEAR, NO_DATA: CLEAR}
STYLES: dict[str, LayerStyle] = {
    "probability": LayerStyle(
        "probability", "Probability", _ramp(_YELLOW_TO_RED, faint_below=0.25), (0.0, 1.0),
        _ends(_YELLOW_TO_RED, ["0 %", "25 %", "50 %", "75 %", "100 %"]),
        help="How likely the ensemble holds the feature to be here.",
    ),
    "spread": LayerStyle(
        "spread", "Disagreement of the members", _ramp(_PURPLES, faint_below=0.25),
        (0.0, 0.4), _ends(_PURPLES, ["0", "0.2", "0.4 and more"]),
        help="Standard deviation of the members' probabilities: high where they contradict.",
    ),
    "agreement": LayerStyle(
        "agreement", "Members that say yes", _ramp(_YELLOW_TO_BLUE, faint_below=0.25), (0.0, 1.0),
        _ends(_YELLOW_TO_BLUE, ["none", "half", "all"]),
        help="Share of the members whose own probability reaches the threshold.",
    ),
    "coverage": LayerStyle(
        "coverage", "Bands with data", _ramp(_BROWN_TO_WHITE), (0.0, 100.0),
        _ends(_BROWN_TO_WHITE, ["0 %", "50 %", "100 %"]), unit="%",
        help="Share of the needed bands that have a value; low where radar saw nothing.",
    ),
    "classes": _classes([ClassLabel(0, "background", "#9aa0a6"),
                         ClassLabel(1, "mapped feature", FEATURE_COLOUR)]),
    "confusion": LayerStyle(
        "confusion", "Right and wrong",
        {value: rgba(colour, 96 if value == 4 else 255)  # noqa: PLR2004
         for value, colour in CONFUSION_COLOURS.items()} | {NO_DATA: CLEAR},
        None, [(CONFUSION_WORDS[value], colour) for value, colour in CONFUSION_COLOURS.items()],
        help="The map compared with the reference, pixel by pixel.",
    ),
    "reference": LayerStyle(
        "reference", "Reference", {0: CLEAR, 1: rgba(REFERENCE_COLOUR), NO_DATA: CLEAR}, None,
        [("in the reference", REFERENCE_COLOUR)],
        help="What people mapped; the truth the prediction is measured by.",
    ),
    "single_vs_ensemble": _seven(
        "single_vs_ensemble", "Single best and ensemble", ("single", "ensemble"),
        "The best network alone and the ensemble, both beside the reference.",
    ),
    "run_vs_run": _seven(
        "run_vs_run", "Two runs", ("first run", "second run"),
        "Two runs of the same area, both beside the reference.",
    ),
    "difference": LayerStyle(
        "difference", "Only one of two maps", DIFFERENCE_TABLE, None,
        [(DIFFERENCE_WORDS[value], colour) for value, colour in DIFFERENCE_COLOURS.items()],
        help="Where this map and the one beside it differ, whichever of them is right.",
    ),
    "probability_difference": LayerStyle(
        "probability_difference", "Difference of the probabilities",
        [(place, rgba(colour, alpha)) for place, colour, alpha in PURPLE_TO_ORANGE], (-1.0, 1.0),
        [("-1: only the other says so", "#5e3c99"), ("0: alike", "#f7f7f7"),
         ("+1: only this one", "#e66101")],
        help="Probability of this run minus that of the other.",
    ),
    "single_best": LayerStyle(
        "single_best", "Probability of the best network alone",
        _ramp(_YELLOW_TO_RED, faint_below=0.25), (0.0, 1.0),
        _ends(_YELLOW_TO_RED, ["0 %", "25 %", "50 %", "75 %", "100 %"]),
        help="What the one network of the highest validation F1 says by itself.",
    ),
    "entropy": LayerStyle(
        "entropy", "How unsure in all", _ramp(_GREENS, faint_below=0.25), (0.0, 1.0),
        _ends(_GREENS, ["sure", "half", "a coin toss"]),
        help="Entropy of the ensemble's probability: high where it is near one half.",
    ),
    "mutual_information": LayerStyle(
        "mutual_information", "Unsure because networks differ", _ramp(_PINKS, faint_below=0.25),
        (0.0, 0.3), _ends(_PINKS, ["0", "0.15", "0.3 and more"]), unit="bits",
        help="The part of the doubt that comes from networks contradicting each other; more and "
        "better training data can lower it.",
    ),
    "rgb": LayerStyle("rgb", "Imagery", _ramp(_GREYS), None, [],
                      help="Three bands of the study area shown as red, green and blue."),
    "hillshade": LayerStyle("hillshade", "Hillshade", _ramp(_GREYS), (0.0, 255.0), [],
                            help="The terrain lit from the north-west."),
    "band": LayerStyle("band", "Band", _ramp(_VIRIDIS), None, _ends(_VIRIDIS, ["low", "high"]),
                       help="One band of the study area, low to high."),
}  # fmt: skip

KINDS = tuple(STYLES)
