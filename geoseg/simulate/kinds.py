"""Name of a task -> who makes its scenes, how large, and which kinds of country take turns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from geoseg.errors import SettingsError
from geoseg.simulate.bedrock import simulate_bedrock
from geoseg.simulate.clay_worlds import CLAY_WORLDS
from geoseg.simulate.landslides import simulate_scene
from geoseg.simulate.local_landslides import simulate_local
from geoseg.simulate.mire_worlds import MIRE_WORLDS
from geoseg.simulate.ravines import simulate_ravines
from geoseg.simulate.rock_worlds import ROCK_WORLDS
from geoseg.simulate.scene import Scene
from geoseg.simulate.wetlands import simulate_wetlands
from geoseg.simulate.worlds import WORLDS


@dataclass(frozen=True)
class Simulator:
    """What makes scenes of one task.

    Attributes:
        make: (seed, side in pixels) -> the scene of that seed.
        size: Usual side, pixels.
        pixel_size_m: Side of a pixel, metres.
        worlds: Names of the kinds of country, in the order of the seeds.
    """

    make: Callable[[int, int], Scene]
    size: int
    pixel_size_m: float
    worlds: tuple[str, ...]


def _names(worlds: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(getattr(world, "name", "")) for world in worlds)


SIMULATORS: dict[str, Simulator] = {
    "landslides": Simulator(simulate_scene, 512, 10.0, _names(WORLDS)),
    "wetlands": Simulator(simulate_wetlands, 512, 10.0, _names(MIRE_WORLDS)),
    "bedrock": Simulator(simulate_bedrock, 512, 10.0, _names(ROCK_WORLDS)),
    "ravines": Simulator(simulate_ravines, 1024, 1.0, _names(CLAY_WORLDS)),
    "local_landslides": Simulator(simulate_local, 512, 10.0, _names(WORLDS)),
}
"""Task -> simulator."""


def find_simulator(task: str) -> Simulator:
    """Return the simulator of a task.

    Raises:
        SettingsError: There is none; the sentence lists the tasks that have one.
    """
    if task not in SIMULATORS:
        raise SettingsError(f"there is no simulator for {task!r}; choose {', '.join(SIMULATORS)}")
    return SIMULATORS[task]


def make_scene(task: str, seed: int, size: int | None = None) -> Scene:
    """Make a scene of a task; the same task, seed and size give the same scene.

    Args:
        task: One of `SIMULATORS`.
        seed: From 0.
        size: Side, pixels; None takes the task's usual one.

    Raises:
        SettingsError: The task has no simulator, or the scene could hold nothing.
    """
    simulator = find_simulator(task)
    return simulator.make(seed, simulator.size if size is None else size)
