"""A seed -> made-up scenes with known truth; always labelled as simulated."""

from geoseg.simulate.files import write_dataset, write_scene
from geoseg.simulate.landslides import DEMO_SEED, demo_area, simulate_scene
from geoseg.simulate.scene import Scene

__all__ = ["DEMO_SEED", "Scene", "demo_area", "simulate_scene", "write_dataset", "write_scene"]
