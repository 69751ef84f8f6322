"""A seed -> the kind of glaciated country a made-up scene of bedrock and sediment shows."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class RockWorld:
    """A kind of country; a scene draws each range anew.

    Attributes:
        name: One word, written beside the scene.
        title: What a geologist would call it.
        relief_m: From the lowest valley to the highest top, about.
        base_m: Height of the lowest ground above the sea, where none of it is sea.
        sea: Share of the scene below the sea.
        trough: How much of the relief is in glacial troughs, 0 to 1.
        joints_m: Depth of clefts along joints and faults.
        rough_m: Height of knobs and ledges a few pixels wide.
        sediment: Share of the land that sediment covers.
        blanket: Share of it that is a thin blanket of till, which follows the rock below.
        drumlins_m: Height of drumlins on thick till.
        bare: Share of bedrock that shows between plants, on the whole.
        farmed: Share of gentle sediment that is field or meadow.
    """

    name: str
    title: str
    relief_m: Range
    base_m: Range
    sea: Range
    trough: Range
    joints_m: Range
    rough_m: Range
    sediment: Range
    blanket: Range
    drumlins_m: Range
    bare: Range
    farmed: Range


ROCK_WORLDS = (
    RockWorld(
        name="coast", title="Fjord coast with bare hills (as Farsund)",
        relief_m=(220, 420), base_m=(0, 0), sea=(0.06, 0.2), trough=(0.3, 0.6),
        joints_m=(10, 26), rough_m=(3, 6), sediment=(0.35, 0.5), blanket=(0.05, 0.2),
        drumlins_m=(0, 2), bare=(0.15, 0.4), farmed=(0.3, 0.6),
    ),
    RockWorld(
        name="till", title="Lowland of thick, drumlinised till (as Lista)",
        relief_m=(60, 160), base_m=(0, 0), sea=(0.03, 0.15), trough=(0.1, 0.3),
        joints_m=(5, 12), rough_m=(2, 4), sediment=(0.6, 0.8), blanket=(0.1, 0.3),
        drumlins_m=(3, 8), bare=(0.1, 0.3), farmed=(0.6, 0.85),
    ),
    RockWorld(
        name="valley", title="Deep valleys with filled floors",
        relief_m=(600, 1100), base_m=(40, 400), sea=(0, 0), trough=(0.6, 0.85),
        joints_m=(12, 30), rough_m=(4, 8), sediment=(0.35, 0.55), blanket=(0.1, 0.3),
        drumlins_m=(0, 2), bare=(0.15, 0.4), farmed=(0.3, 0.6),
    ),
    RockWorld(
        name="plateau", title="High plateau under patches of till",
        relief_m=(150, 350), base_m=(600, 1100), sea=(0, 0), trough=(0.2, 0.4),
        joints_m=(6, 18), rough_m=(2, 5), sediment=(0.45, 0.65), blanket=(0.4, 0.7),
        drumlins_m=(1, 4), bare=(0.3, 0.6), farmed=(0.0, 0.05),
    ),
)  # fmt: skip


def rock_world_of(seed: int) -> RockWorld:
    """Return the world of a seed: any four seeds in a row visit every one."""
    return ROCK_WORLDS[seed % len(ROCK_WORLDS)]
