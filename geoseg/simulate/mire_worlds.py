"""A seed -> the kind of country a made-up scene of wetlands shows."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class MireWorld:
    """A kind of country; a scene draws each range anew.

    Attributes:
        name: One word, written beside the scene.
        title: What a geologist would call it.
        relief_m: From the lowest to the highest ground, about.
        base_m: Height of the lowest ground above the sea.
        tree_line_m: Height above the sea from which no trees grow.
        wetland: Share of the scene that is open wetland.
        bogs: Share of it that is bog rather than fen.
        steepest_degrees: Slope up to which wetland lies.
        forest: Share of dry ground below the tree line that is wooded.
        conifers: Share of the woods that is conifers.
        farmed: Share of gentle dry ground that is field or meadow.
        felled: Share of the woods that was cut lately.
        lakes: Share of the scene that is lake.
    """

    name: str
    title: str
    relief_m: Range
    base_m: Range
    tree_line_m: Range
    wetland: Range
    bogs: Range
    steepest_degrees: Range
    forest: Range
    conifers: Range
    farmed: Range
    felled: Range
    lakes: Range


MIRE_WORLDS = (
    MireWorld(
        name="bogland", title="Conifer forest with raised bogs", relief_m=(60, 180),
        base_m=(100, 350), tree_line_m=(900, 1100), wetland=(0.1, 0.2), bogs=(0.5, 0.8),
        steepest_degrees=(4, 6), forest=(0.75, 0.95), conifers=(0.7, 0.95), farmed=(0.02, 0.12),
        felled=(0.05, 0.15), lakes=(0.02, 0.07),
    ),
    MireWorld(
        name="fells", title="Mountain heath with sloping fens", relief_m=(250, 500),
        base_m=(650, 950), tree_line_m=(750, 950), wetland=(0.1, 0.2), bogs=(0.05, 0.25),
        steepest_degrees=(8, 12), forest=(0.3, 0.6), conifers=(0.0, 0.2), farmed=(0.0, 0.02),
        felled=(0.0, 0.02), lakes=(0.02, 0.06),
    ),
    MireWorld(
        name="farmland", title="Farmed lowland with remnants of mires", relief_m=(30, 120),
        base_m=(10, 150), tree_line_m=(900, 1100), wetland=(0.04, 0.1), bogs=(0.4, 0.7),
        steepest_degrees=(3, 5), forest=(0.4, 0.7), conifers=(0.3, 0.6), farmed=(0.4, 0.7),
        felled=(0.03, 0.1), lakes=(0.0, 0.04),
    ),
    MireWorld(
        name="coast", title="Treeless coast with heath and blanket bog", relief_m=(80, 300),
        base_m=(5, 60), tree_line_m=(250, 450), wetland=(0.12, 0.22), bogs=(0.4, 0.7),
        steepest_degrees=(6, 10), forest=(0.05, 0.3), conifers=(0.2, 0.6), farmed=(0.05, 0.2),
        felled=(0.0, 0.05), lakes=(0.02, 0.08),
    ),
)  # fmt: skip


def mire_world_of(seed: int) -> MireWorld:
    """Return the world of a seed: any four seeds in a row visit every one."""
    return MIRE_WORLDS[seed % len(MIRE_WORLDS)]
