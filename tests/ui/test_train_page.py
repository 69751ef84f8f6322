"""The page Train: what it needs, what it asks, what it shows while networks learn and after."""

import json

import numpy as np
import pytest

from geoseg.jobs.queue import take
from geoseg.models.card import BandStatistics, Card
from geoseg.workspace import save_area
from geoseg.workspace.trainings import (
    TRAININGS,
    list_trainings,
    publish,
    read_training,
    read_training_request,
    training_folder,
)
from geoseg.workspace.zoos import get_zoo, list_zoos
from tests.ui.conftest import SETTING
from tests.ui.test_pages import opened, words


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def choose(app, label, value):
    next(one for one in (*app.radio, *app.selectbox) if one.label == label).set_value(value).run()


@pytest.fixture
def training(demo_area):
    """A training in the queue, as the page makes it."""
    app = press(opened("train.py"), "Train")
    assert not app.exception
    return app.query_params["training"]


@pytest.fixture
def learned(training):
    """The same with two checks and a network that can be used."""
    folder = training_folder(training) / "members" / "landslides" / "s1s2"
    folder.mkdir(parents=True)
    request = read_training_request(training)
    (member,) = request.members
    rows = [{"step": 30 * n, "epoch": n, "loss": 1 / n, "validation_loss": 2 / n, "f1": n / 10,
             "precision": 0.5, "recall": 0.5, "seconds": float(n)} for n in (1, 2)]  # fmt: skip
    lines = "\n".join(map(json.dumps, rows))
    (folder / f"{member.member_name}.history.jsonl").write_text(lines)
    card = Card(
        name=member.member_name, task="landslides", setting="s1s2", architecture="Unet",
        encoder=member.encoder, loss="Dice", learning_rate=0.003, validation_f1=0.2,
        bands=tuple(BandStatistics(name=band, mean=0, std=1) for band in SETTING.bands),
        trained_on="the demo", simulated=True, licence="MIT", sha256="0" * 64,
    )  # fmt: skip
    (folder / f"{card.name}.json").write_text(card.to_json())
    (folder / f"{card.name}.safetensors").touch()
    return training


def test_without_ground_a_way_to_it_is_shown(demo_area):
    app = opened("train.py")
    app.multiselect[0].set_value([]).run()
    assert not app.exception
    assert "study area with a reference" in app.info[0].value


def test_only_areas_with_a_reference_are_offered(demo_area):
    bare = demo_area.model_copy(update={"id": "bare", "title": "Bare", "reference": None})
    save_area(bare)
    assert opened("train.py").multiselect[0].options == ["Demo valley (simulated)"]


def test_a_training_goes_to_the_queue_with_the_choices(demo_area):
    app = opened("train.py")
    app.number_input[0].set_value(50).run()
    app.text_input[0].set_value("Mine").run()
    press(app, "Train")
    assert not app.exception
    (state,) = list_trainings()
    assert take() == ("trainings", state.id)
    request = read_training_request(state.id)
    (member,) = request.members
    assert (request.title, member.max_steps, member.steps_per_epoch) == ("Mine", 50, 5)
    assert (member.architecture, member.encoder) == ("Unet", "tu-resnet10t")
    assert request.areas[0].reference == demo_area.reference
    assert request.simulated


def test_an_ensemble_differs_in_kind(demo_area):
    app = opened("train.py")
    choose(app, "What to train", "ensemble")
    app.slider[0].set_value(10).run()
    press(app, "Train")
    members = read_training_request(list_trainings()[0].id).members
    assert len({member.member_name for member in members}) == 10
    assert len({member.architecture for member in members}) == 9
    assert len({member.loss for member in members}) == 5


def test_the_published_grid_has_ninety_and_a_warning(demo_area):
    app = opened("train.py")
    choose(app, "What to train", "grid")
    assert any("many hours" in warning.value for warning in app.warning)
    press(app, "Train")
    request = read_training_request(list_trainings()[0].id)
    assert len(request.members) == 90
    assert {member.recipe for member in request.members} == {"thesis"}


def test_fine_tuning_begins_with_a_member(demo_area):
    app = opened("train.py")
    choose(app, "What to train", "fine-tune")
    press(app, "Train")
    assert not app.exception
    (member,) = read_training_request(list_trainings()[0].id).members
    assert member.start_from.endswith("Unet.json")
    assert member.member_name == "Unet-tuned"


def test_a_waiting_training_can_be_stopped(training):
    app = opened("train.py", training=training)
    press(app, "Stop and keep what is trained")
    assert not app.exception
    assert read_training(training).status == "cancelled"


def test_curves_are_shown_while_networks_learn(learned):
    TRAININGS.change(learned, status="running", stage="training", done=60, total=600)
    app = opened("train.py", training=learned)
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert app.dataframe[0].value["Best validation F1"].tolist() == [0.2]
    assert np.isclose(app.dataframe[0].value["Loss"][0], 0.5)


def test_a_finished_training_shows_its_zoo_and_predict_offers_it(learned):
    publish(learned)
    TRAININGS.change(learned, status="finished")
    app = opened("train.py", training=learned)
    assert not app.exception
    assert {tile.label: tile.value for tile in app.metric} == {"Best validation F1": "0.20"}
    assert any("same ground" in warning.value for warning in app.warning)
    title = get_zoo(learned).title
    app = opened("predict.py", zoo=learned)
    assert not app.exception
    zoos = next(box for box in app.selectbox if box.label.startswith("Zoo"))
    assert (zoos.value, zoos.options) == (learned, ["Shipped with GeoSeg", title])
    assert app.dataframe[0].value["Network"].tolist() == ["Unet"]


def test_a_run_asks_the_chosen_zoo(learned):
    from geoseg.workspace import list_runs, read_request

    publish(learned)
    press(opened("predict.py", zoo=learned), "Run")
    assert read_request(list_runs()[0].id).models == get_zoo(learned).folder


def test_a_failed_training_says_why_and_can_go_on(learned):
    TRAININGS.change(learned, status="failed", message="the disk is full; free some space")
    app = opened("train.py", training=learned)
    assert "the disk is full" in words(app)
    press(app, "Go on with it")
    assert read_training(learned).status == "queued"


def test_past_trainings_are_listed_and_deleted_with_their_zoo(learned):
    publish(learned)
    TRAININGS.change(learned, status="finished")
    app = opened("train.py")
    assert not app.exception
    press(app, "Delete for good")
    assert not app.exception
    assert list_trainings() == []
    assert len(list_zoos()) == 1


def test_a_training_of_another_workspace_is_told_in_a_sentence(demo_area):
    app = opened("train.py", training="20200101-000000-000000-00000000")
    assert not app.exception
    assert "no training" in app.error[0].value


def test_trees_go_to_the_queue_instead_of_networks(demo_area):
    app = opened("train.py")
    choose(app, "What to train", "trees")
    kinds = next(one for one in app.multiselect if one.label == "Kinds of trees")
    kinds.set_value(["cart", "segments"]).run()
    press(app, "Train")
    assert not app.exception
    (state,) = list_trainings()
    request = read_training_request(state.id)
    assert [tree.method for tree in request.trees] == ["cart", "segments"]
    assert not request.members
    assert request.title.endswith("s1s2, one tree and a forest over segments")
