"""An experiment that was stopped goes on: what is trained and mapped stays, nothing is mixed."""

import pytest
import torch

from geoseg.errors import DiskError, RunCancelledError, SettingsError
from geoseg.experiments.learning import (
    Lesson,
    learn,
    map_area,
    network,
    run_choices,
    write_area,
    write_training,
)
from geoseg.experiments.settings import ExperimentSettings, Watch
from geoseg.experiments.standing import claim
from geoseg.simulate.kinds import make_scene

STEPS = 6


@pytest.fixture(scope="module", autouse=True)
def _one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)  # Weights are equal to the last bit only so.
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    write_training(folder, (make_scene("bedrock", seed, 128) for seed in (3, 4)))
    return folder


def lesson(name="net", steps=STEPS):
    own = Lesson(
        task="bedrock", setting="terrain", name=name, judges=("simulated4",), crop=64, batch=2,
        steps=steps,
    )  # fmt: skip
    return network(own, ExperimentSettings())


class Ear:
    """Hears of the steps that are made, and may end the training after one of them."""

    def __init__(self, last=None):
        self.steps, self.last = [], last
        self.watch = Watch(self.hear, lambda: self.last is not None and len(self.steps) > self.last)

    def hear(self, event):
        if event.stage.startswith("training"):
            self.steps.append(event.done)


def test_a_stopped_training_goes_on_and_ends_as_an_uninterrupted_one(dataset, tmp_path):
    at_once = learn(dataset, lesson(), tmp_path / "once")
    stopped, went_on = Ear(last=2), Ear()
    with pytest.raises(RunCancelledError):
        learn(dataset, lesson(), tmp_path / "twice", stopped.watch)
    card = learn(dataset, lesson(), tmp_path / "twice", went_on.watch)
    assert stopped.steps == [1, 2, 3]
    assert went_on.steps == [4, 5, 6]
    assert card.sha256 == at_once.sha256


def test_what_is_finished_is_not_trained_again(dataset, tmp_path):
    first, again = learn(dataset, lesson(), tmp_path), Ear()
    assert learn(dataset, lesson(), tmp_path, again.watch) == first
    assert not again.steps


def test_other_choices_train_anew(dataset, tmp_path):
    with pytest.raises(RunCancelledError):
        learn(dataset, lesson(), tmp_path, Ear(last=2).watch)
    other = Ear()
    learn(dataset, lesson(steps=4), tmp_path, other.watch)
    assert other.steps == [1, 2, 3, 4]


def test_a_map_is_made_once_for_the_same_member(dataset, tmp_path):
    models = tmp_path / "members"
    area = write_area(tmp_path / "area", make_scene("bedrock", 5, 128), "area")
    card = learn(dataset, lesson(), models)
    first = map_area(area, models, run_choices(card, tile=128), tmp_path / "run")
    again = map_area(area, models, run_choices(card, tile=128), tmp_path / "run")
    assert again["created"] == first["created"]
    assert again["timings_s"] == first["timings_s"]
    other = learn(dataset, lesson(steps=4), models)
    assert other.sha256 != card.sha256
    anew = map_area(area, models, run_choices(other, tile=128), tmp_path / "run")
    assert anew["members"][0]["sha256"] == other.sha256


def test_a_folder_of_other_choices_is_refused_and_stays(tmp_path):
    claim("bedrock", ExperimentSettings(), tmp_path)
    claim("bedrock", ExperimentSettings(), tmp_path)
    for name, settings in (
        ("bedrock", ExperimentSettings(seed=1)),
        ("ravines", ExperimentSettings()),
    ):
        with pytest.raises(SettingsError, match="holds the experiment bedrock with other choices"):
            claim(name, settings, tmp_path)


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(DiskError, match="choose another folder"):
        claim("bedrock", ExperimentSettings(), tmp_path / "file" / "out")
