"""A seed -> made-up scenes with known truth; always labelled as simulated."""

from geoseg.simulate.files import write_dataset, write_scene
from geoseg.simulate.kinds import SIMULATORS, Simulator, find_simulator, make_scene
from geoseg.simulate.landslides import DEMO_SEED, demo_area, simulate_scene
from geoseg.simulate.scene import FloorLine, Scene

__all__ = [
    "DEMO_SEED",
    "SIMULATORS",
    "FloorLine",
    "Scene",
    "Simulator",
    "demo_area",
    "find_simulator",
    "make_scene",
    "simulate_scene",
    "write_dataset",
    "write_scene",
]
