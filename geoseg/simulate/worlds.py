"""A seed -> the kind of country a made-up scene shows, and the kinds of slides that fall there."""

from dataclasses import dataclass
from enum import IntEnum

Range = tuple[float, float]


class Kind(IntEnum):
    """Kinds of landslides, named after Hungr et al. (2014), doi:10.1007/s10346-013-0436-y."""

    DEBRIS_SLIDE = 1
    DEBRIS_FLOW = 2
    EARTHFLOW = 3
    ROCK_AVALANCHE = 4
    ROCK_FALL = 5
    MUD_FLOW = 6


@dataclass(frozen=True, kw_only=True)
class Habit:
    """How one kind of slide starts, runs and comes to rest.

    Attributes:
        start_degrees: Slope from which it can start.
        rest_degrees: Slope on which it stops.
        length_m: Shortest, scale of the power-law tail, and longest.
        tail: Exponent of that tail: smaller gives more long ones.
        half_width: Least and most of a short one, pixels.
        widening: Half width gained by each pixel of length.
        fan: How much broader the foot is than the track, as a share.
        parts: Share of the length at which the scarp ends, and at which the deposit begins.
        momentum: 0 follows every bend of the fall line, near 1 runs straight on.
        coarseness_db: Least and most that the deposit's grain adds to its echo.
    """

    start_degrees: float
    rest_degrees: float
    length_m: tuple[float, float, float]
    tail: float
    half_width: Range
    widening: float
    fan: float
    parts: Range
    momentum: float
    coarseness_db: Range


HABITS = {
    Kind.DEBRIS_SLIDE: Habit(
        start_degrees=26, rest_degrees=13, length_m=(60, 70, 450), tail=1.8,
        half_width=(1.5, 2.8), widening=0.09, fan=0.25, parts=(0.28, 0.75), momentum=0.5,
        coarseness_db=(-0.5, 2.0),
    ),
    Kind.DEBRIS_FLOW: Habit(
        start_degrees=29, rest_degrees=5, length_m=(200, 240, 1800), tail=1.6,
        half_width=(1.4, 2.4), widening=0.02, fan=1.0, parts=(0.12, 0.72), momentum=0.6,
        coarseness_db=(-0.5, 2.5),
    ),
    Kind.EARTHFLOW: Habit(
        start_degrees=14, rest_degrees=4, length_m=(120, 140, 900), tail=1.8,
        half_width=(2.2, 3.6), widening=0.14, fan=0.35, parts=(0.28, 0.65), momentum=0.4,
        coarseness_db=(-2.0, 1.0),
    ),
    Kind.ROCK_AVALANCHE: Habit(
        start_degrees=35, rest_degrees=7, length_m=(260, 240, 1500), tail=1.7,
        half_width=(2.6, 4.0), widening=0.09, fan=0.6, parts=(0.25, 0.5), momentum=0.75,
        coarseness_db=(1.0, 3.5),
    ),
    Kind.ROCK_FALL: Habit(
        start_degrees=38, rest_degrees=20, length_m=(60, 60, 300), tail=2.0,
        half_width=(1.5, 2.6), widening=0.06, fan=0.4, parts=(0.2, 0.4), momentum=0.7,
        coarseness_db=(1.0, 3.5),
    ),
    Kind.MUD_FLOW: Habit(
        start_degrees=22, rest_degrees=3, length_m=(250, 350, 2200), tail=1.5,
        half_width=(1.6, 3.0), widening=0.03, fan=1.2, parts=(0.1, 0.65), momentum=0.6,
        coarseness_db=(-3.0, 0.5),
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class World:
    """A kind of country; a scene draws each range anew.

    Attributes:
        name: One word, written beside the scene.
        title: What a geologist would call it.
        cases: Study areas of Article IV it is meant to resemble.
        base_m: Height of the lowest ground above the sea.
        base_degrees: Yearly mean temperature there, degrees Celsius.
        steepest_degrees: Slope that one pixel in twelve exceeds.
        valleys: Largest distance between main valleys, as a share of the scene's side.
        stretch: How much longer than broad the ridges are.
        forest: Share of forest where it is warm enough.
        scrub: Share of scrub beside it.
        farming: How far fields reach on gentle ground, 0 to 1.
        barren: Share of sparsely grown or bare ground, whatever the temperature.
        rock_degrees: Slope from which rock lies bare.
        share: Share of the scene's pixels that slide.
        slides: Weight of each kind of slide.
        one_sided: How much the storm's side is favoured: 0 not, 2 strongly.
        overgrown: Share of slides that are green again, or under cloud, in the later image.
    """

    name: str
    title: str
    cases: str
    base_m: Range
    base_degrees: Range
    steepest_degrees: Range
    valleys: Range
    stretch: Range
    forest: Range
    scrub: Range
    farming: Range
    barren: Range
    rock_degrees: Range
    share: Range
    slides: dict[Kind, float]
    one_sided: Range
    overgrown: float


WORLDS = (
    World(
        name="boreal", title="Boreal forest and bogs", cases="12, 25",
        base_m=(100, 700), base_degrees=(3, 6), steepest_degrees=(29, 36), valleys=(0.35, 0.6),
        stretch=(1.0, 1.6), forest=(0.55, 0.8), scrub=(0.05, 0.15), farming=(0.05, 0.3),
        barren=(0.01, 0.05), rock_degrees=(44, 50), share=(0.007, 0.03),
        slides={Kind.DEBRIS_FLOW: 5, Kind.DEBRIS_SLIDE: 4, Kind.ROCK_FALL: 1},
        one_sided=(0.2, 1.2), overgrown=0.1,
    ),
    World(
        name="alps", title="High bare mountains with snow", cases="14, 16, 22",
        base_m=(1500, 2400), base_degrees=(-4, 1.5), steepest_degrees=(36, 42), valleys=(0.6, 0.95),
        stretch=(1.0, 2.0), forest=(0.0, 0.12), scrub=(0.05, 0.15), farming=(0.0, 0.15),
        barren=(0.35, 0.55), rock_degrees=(37, 43), share=(0.012, 0.04),
        slides={Kind.ROCK_AVALANCHE: 4, Kind.DEBRIS_FLOW: 4, Kind.ROCK_FALL: 3},
        one_sided=(0.2, 1.0), overgrown=0.05,
    ),
    World(
        name="rainforest", title="Humid tropical forest", cases="7, 10, 23, 29",
        base_m=(100, 900), base_degrees=(22, 27), steepest_degrees=(30, 37), valleys=(0.25, 0.45),
        stretch=(1.0, 1.4), forest=(0.7, 0.92), scrub=(0.04, 0.12), farming=(0.05, 0.2),
        barren=(0.0, 0.02), rock_degrees=(50, 56), share=(0.012, 0.05),
        slides={Kind.DEBRIS_SLIDE: 5, Kind.DEBRIS_FLOW: 4, Kind.MUD_FLOW: 1},
        one_sided=(0.3, 1.2), overgrown=0.2,
    ),
    World(
        name="tundra", title="Grassy tundra and peat slopes", cases="1, 2, 15, 18",
        base_m=(10, 300), base_degrees=(2, 5), steepest_degrees=(27, 35), valleys=(0.4, 0.7),
        stretch=(1.0, 1.8), forest=(0.0, 0.03), scrub=(0.05, 0.2), farming=(0.0, 0.25),
        barren=(0.05, 0.2), rock_degrees=(40, 46), share=(0.008, 0.035),
        slides={Kind.DEBRIS_SLIDE: 4, Kind.EARTHFLOW: 3, Kind.DEBRIS_FLOW: 2},
        one_sided=(0.3, 1.5), overgrown=0.08,
    ),
    World(
        name="steppe", title="Dry, sparsely grown mountains", cases="16, 20, 21",
        base_m=(700, 2000), base_degrees=(7, 14), steepest_degrees=(31, 38), valleys=(0.3, 0.55),
        stretch=(1.0, 1.8), forest=(0.0, 0.05), scrub=(0.05, 0.2), farming=(0.05, 0.35),
        barren=(0.5, 0.8), rock_degrees=(36, 42), share=(0.01, 0.04),
        slides={Kind.EARTHFLOW: 4, Kind.DEBRIS_FLOW: 4, Kind.ROCK_AVALANCHE: 2},
        one_sided=(0.1, 0.8), overgrown=0.04,
    ),
    World(
        name="pastures", title="Temperate farmland hills", cases="3, 22, 28, 30",
        base_m=(20, 500), base_degrees=(9, 15), steepest_degrees=(23, 30), valleys=(0.3, 0.5),
        stretch=(1.0, 1.6), forest=(0.1, 0.3), scrub=(0.05, 0.15), farming=(0.7, 0.95),
        barren=(0.0, 0.02), rock_degrees=(50, 56), share=(0.006, 0.03),
        slides={Kind.DEBRIS_SLIDE: 6, Kind.EARTHFLOW: 4, Kind.DEBRIS_FLOW: 1},
        one_sided=(0.3, 1.5), overgrown=0.12,
    ),
    World(
        name="monsoon", title="Monsoon valleys, farmed below, bare above", cases="9, 13, 17, 19",
        base_m=(600, 1600), base_degrees=(8, 13), steepest_degrees=(35, 41), valleys=(0.7, 1.0),
        stretch=(1.0, 1.8), forest=(0.3, 0.55), scrub=(0.15, 0.25), farming=(0.3, 0.7),
        barren=(0.05, 0.2), rock_degrees=(42, 48), share=(0.012, 0.045),
        slides={Kind.DEBRIS_SLIDE: 4, Kind.DEBRIS_FLOW: 4, Kind.ROCK_AVALANCHE: 1},
        one_sided=(0.5, 1.8), overgrown=0.12,
    ),
    World(
        name="scree", title="Mountain desert of rock and scree", cases="14, 16, 21",
        base_m=(1200, 2600), base_degrees=(2, 9), steepest_degrees=(34, 41), valleys=(0.3, 0.5),
        stretch=(1.0, 2.0), forest=(0.0, 0.02), scrub=(0.0, 0.08), farming=(0.0, 0.1),
        barren=(0.65, 0.9), rock_degrees=(32, 38), share=(0.012, 0.045),
        slides={Kind.DEBRIS_FLOW: 4, Kind.ROCK_AVALANCHE: 4, Kind.EARTHFLOW: 1},
        one_sided=(0.1, 0.8), overgrown=0.04,
    ),
    World(
        name="volcano", title="Volcanic slopes, mostly deforested", cases="4, 7, 10",
        base_m=(200, 1400), base_degrees=(15, 22), steepest_degrees=(29, 36), valleys=(0.4, 0.8),
        stretch=(1.0, 1.3), forest=(0.1, 0.3), scrub=(0.25, 0.45), farming=(0.4, 0.8),
        barren=(0.08, 0.2), rock_degrees=(44, 50), share=(0.012, 0.045),
        slides={Kind.MUD_FLOW: 4, Kind.DEBRIS_SLIDE: 4, Kind.EARTHFLOW: 1},
        one_sided=(0.3, 1.2), overgrown=0.16,
    ),
    World(
        name="fjord", title="Fjord sides with forest and meadows", cases="5 (Norway)",
        base_m=(0, 60), base_degrees=(6, 8), steepest_degrees=(35, 40), valleys=(0.7, 1.0),
        stretch=(1.3, 2.4), forest=(0.25, 0.5), scrub=(0.1, 0.2), farming=(0.3, 0.6),
        barren=(0.02, 0.08), rock_degrees=(44, 50), share=(0.008, 0.03),
        slides={Kind.DEBRIS_FLOW: 5, Kind.DEBRIS_SLIDE: 5, Kind.ROCK_FALL: 1},
        one_sided=(0.3, 1.3), overgrown=0.1,
    ),
)  # fmt: skip
"""Neighbours differ, and of any four in a row one or two are mostly bare of green; the first, with
seed 0, is boreal."""


def world_of(seed: int) -> World:
    """Return the world of a seed: any run of seeds as long as the table visits every one."""
    return WORLDS[seed % len(WORLDS)]
