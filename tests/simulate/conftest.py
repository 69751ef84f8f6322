import pytest

from geoseg.simulate import DEMO_SEED, simulate_scene


@pytest.fixture(scope="session")
def demo():
    return simulate_scene(DEMO_SEED)
