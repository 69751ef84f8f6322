import pytest
import torch

from geoseg.training.settings import TrainSettings
from tests.training.made_up import wet_scene, write_pair


@pytest.fixture(autouse=True)
def one_thread():
    """Weights are the same to the last bit only for one number of threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture
def dataset(tmp_path):
    folder = tmp_path / "dataset"
    for seed in range(3):
        write_pair(folder, f"scene{seed}", *wet_scene(seed))
    return folder


@pytest.fixture
def settings():
    return TrainSettings(
        name="tiny",
        task="wetlands",
        setting="landsat",
        architecture="Linknet",
        encoder="tu-resnet10t",
        options={"encoder_depth": 3},
        crop=64,
        batch=2,
        max_steps=40,
        steps_per_epoch=20,
        validation=("scene2",),
        device="cpu",
    )
