"""How an article samples, learns and cleans up: words a task's declaration is made of."""

from dataclasses import dataclass

from geoseg.errors import SettingsError


@dataclass(frozen=True)
class PostProcessing:
    """From the class map to outlines as a mapper would draw them, in this order.

    Attributes:
        buffer_m: Outlines are widened by so much, metres; 0 leaves them as they are.
        dissolve: Outlines of one class that touch after widening become one.
        min_area_m2: Then those smaller than this are left out.
        source: Where it is from.
    """

    buffer_m: float = 0.0
    dissolve: bool = False
    min_area_m2: float = 0.0
    source: str = ""

    def __post_init__(self) -> None:
        if self.buffer_m < 0 or self.min_area_m2 < 0:
            raise SettingsError(
                f"a buffer and a least area are 0 or more, got {self.buffer_m:g} m and "
                f"{self.min_area_m2:g} square metres"
            )


@dataclass(frozen=True)
class Rectangles:
    """One way to put training and evaluation rectangles on a mapped area.

    Attributes:
        name: Short name of the command line.
        title: What it means.
        count: For training, and as many for evaluation.
        area_km2: Least and most of one.
        least_positive: Share of a rectangle that must show the feature.
        off_water: No rectangle touches masked water.
    """

    name: str
    title: str
    count: int
    area_km2: tuple[float, float]
    least_positive: float = 0.0
    off_water: bool = False


@dataclass(frozen=True)
class Sampling:
    """How training patches are taken from mapped ground.

    Attributes:
        patch: Side of a patch, pixels.
        stride: From one patch to the next, pixels; 0 draws places at random.
        patches: How many the article took, from each rectangle or in all.
        designs: Ways to place rectangles; empty takes the whole mapped ground.
        cases: So many random draws of every design.
        words: The article's way in one sentence.
    """

    patch: int = 256
    stride: int = 0
    patches: int = 0
    designs: tuple[Rectangles, ...] = ()
    cases: int = 1
    words: str = ""


@dataclass(frozen=True)
class RecipeHint:
    """How the article trained; names are those of `geoseg train`.

    Attributes:
        architecture: Kind of network.
        loss: What it minimises.
        learning_rate: Of the optimiser.
        batch: Patches a step.
        epochs: Rounds of training; 0 where it stops by itself.
        words: What else there was, and what is different here.
    """

    architecture: str = "Unet"
    loss: str = "Dice"
    learning_rate: float = 0.001
    batch: int = 4
    epochs: int = 0
    words: str = ""
