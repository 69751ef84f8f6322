"""A seed -> the kind of clay landscape a made-up scene of ravines shows."""

from dataclasses import dataclass
from typing import Literal

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class ClayWorld:
    """A kind of landscape below the marine limit; a scene draws each range anew.

    Attributes:
        name: One word, written beside the scene.
        title: What a geologist would call it.
        like: Study areas of Article VI it is meant to recall.
        form: How the ravines lie.
        tilt_degrees: Of the plain.
        depth_m: Of a ravine at its mouth.
        length_m: Of a main ravine; trunks of dendritic networks cross half of the scene or more.
        spacing_m: Between mouths, or between branches of a trunk.
        levelled: Share of the ravines' length that farming has smoothed.
        knolls: How many hills of bedrock stand in the plain.
        scars: Least and most scars of quick-clay slides.
        roads: Least and most.
    """

    name: str
    title: str
    like: str
    form: Literal["dendritic", "parallel", "short"]
    tilt_degrees: Range
    depth_m: Range
    length_m: Range
    spacing_m: Range
    levelled: Range
    knolls: tuple[int, int]
    scars: tuple[int, int]
    roads: tuple[int, int]


CLAY_WORLDS = (
    ClayWorld(
        name="dendritic", title="Clay plain with branching ravines", like="Romerike, inland",
        form="dendritic", tilt_degrees=(0.1, 0.8), depth_m=(9, 20), length_m=(800, 1400),
        spacing_m=(60, 110), levelled=(0.25, 0.5), knolls=(0, 2), scars=(0, 2), roads=(1, 3),
    ),
    ClayWorld(
        name="parallel", title="River terrace with parallel ravines", like="Romerike, by the rivers",
        form="parallel", tilt_degrees=(0.1, 0.7), depth_m=(8, 20), length_m=(120, 600),
        spacing_m=(60, 130), levelled=(0.2, 0.45), knolls=(0, 1), scars=(0, 2), roads=(1, 3),
    ),
    ClayWorld(
        name="levelled", title="Farmed plain with levelled ravines", like="Romerike, farmed",
        form="dendritic", tilt_degrees=(0.2, 1.2), depth_m=(6, 14), length_m=(800, 1400),
        spacing_m=(80, 150), levelled=(0.6, 0.85), knolls=(0, 2), scars=(0, 1), roads=(1, 4),
    ),
    ClayWorld(
        name="hillside", title="Valley side with short, shallow ravines",
        like="Orkdal, Stadsbygd", form="short", tilt_degrees=(2.5, 5.0), depth_m=(4, 10),
        length_m=(120, 400), spacing_m=(60, 130), levelled=(0.2, 0.5), knolls=(1, 4),
        scars=(0, 2), roads=(1, 3),
    ),
)  # fmt: skip


def clay_world_of(seed: int) -> ClayWorld:
    """Return the world of a seed: any four seeds in a row visit every one."""
    return CLAY_WORLDS[seed % len(CLAY_WORLDS)]
