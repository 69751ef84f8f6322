"""Known traps of each task: where its maps are likely to raise false alarms, as readable rules."""

from dataclasses import dataclass
from typing import Literal

from geoseg.tasks.declaration import Band, Task
from geoseg.tasks.landslides import LANDSLIDES

Rule = Literal["below", "above", "ids"]
DEGREES = "degrees"


@dataclass(frozen=True)
class Trap:
    """One rule: pixels where a band's value lies below or above a number, or is one of some ids.

    Attributes:
        name: Short name, a column of tables.
        title: Where the ground is suspicious: "over water".
        band: Name of the band the rule reads.
        rule: How the band's value is compared.
        value: The number compared with, or the ids.
        unit: Of the number.
        help: Why the map errs there, one sentence.
        on: False for rules that a user switches on knowingly.
        scale: Lowest and highest number and the step between those that can be chosen.
    """

    name: str
    title: str
    band: str
    rule: Rule
    value: float | tuple[int, ...]
    help: str
    unit: str = ""
    on: bool = True
    scale: tuple[float, float, float] = (0.0, 1.0, 0.1)

    def words(self, value: float | tuple[int, ...] | None = None) -> str:
        """Return the rule as a person reads it: 'slope below 5 degrees'."""
        held = self.value if value is None else value
        if isinstance(held, tuple):
            return f"{self.band} is {' or '.join(map(str, held))}"
        return f"{self.band} {self.rule} {held:g} {self.unit}".rstrip()


_WATER, _SNOW, _PASTURE = (7,), (10,), (5,)
_STEEP_TO_FLAT = (0.0, 45.0, 1.0)

TRAPS: dict[str, tuple[Trap, ...]] = {
    "landslides": (
        Trap("water", "over water", "CART_landcover", "ids", _WATER,
             "Water changes its greenness and its echo with waves, level and algae."),
        Trap("snow", "in snow", "CART_landcover", "ids", _SNOW,
             "Snow comes, goes and thaws; radar changes by up to 20 dB with the season."),
        Trap("flat", "on flat ground", "slope", "below", 5.0,
             "Slides need a slope; on flat ground fields, floods and building look alike.",
             DEGREES, scale=_STEEP_TO_FLAT),
        Trap("layover", "in layover", "layover", "ids", (1,),
             "Slopes facing the radar fold over: their echo is no measure of the ground."),
        Trap("shadow", "in radar shadow", "shadow", "ids", (1,),
             "The radar cannot see behind steep slopes: there is only noise."),
        Trap("farmland", "on pasture and fields", "CART_landcover", "ids", _PASTURE,
             "Harvest bares the ground as a slide does; but slides run over pasture too.", on=False),
    ),
    "wetlands": (
        Trap("steep", "on steep ground", "slope", "above", 15.0,
             "Water runs off steep ground; few wetlands lie there.",
             DEGREES, scale=_STEEP_TO_FLAT),
        Trap("open_water", "over open water", "B5", "below", 400.0,
             "Water without plants is dark in the short-wave infrared, as wet soil is.",
             "of reflectance x 10000", scale=(0.0, 3000.0, 50.0)),
        Trap("cloud", "under cloud or haze", "B1", "above", 1500.0,
             "Clouds are bright in blue and hide the ground.",
             "of reflectance x 10000", scale=(0.0, 6000.0, 100.0)),
        Trap("trees", "under trees", "CHM", "above", 5.0,
             "Open mires and fens carry no tall trees; swamp forest does.",
             "m", scale=(0.0, 40.0, 1.0)),
    ),
    "bedrock": (
        Trap("level", "on level ground", "slope", "below", 1.0,
             "Sea, lakes and fields are level; bare rock hardly is.",
             DEGREES, scale=_STEEP_TO_FLAT),
    ),
    "ravines": (
        Trap("high", "above the ground around", "tpi100m", "above", 0.0,
             "A ravine lies below its surroundings; banks, steps and hills are rough and steep too.",
             "m", scale=(-5.0, 5.0, 0.1)),
    ),
}  # fmt: skip


def traps_of(task: Task) -> tuple[Trap, ...]:
    """Return the known traps of a task; none where nobody has described any."""
    return TRAPS.get(task.name, ())


def trap_bands(task: Task) -> tuple[Band, ...]:
    """Return bands that the traps read and the task itself does not know, for the terrain."""
    known = {band.name for band in task.bands}
    terrain = {"slope": ("slope", "elevation")}
    wanted = {name for trap in traps_of(task) for name in terrain.get(trap.band, ())}
    return tuple(band for band in LANDSLIDES.bands if band.name in wanted - known)
