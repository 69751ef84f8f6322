"""A training in the worker: to its end, stopped, broken off, killed and gone on with."""

import shutil
import signal
import threading

import numpy as np
import pytest
import rasterio

from geoseg.errors import SettingsError, TrainingError
from geoseg.jobs import kinds, queue, recovery, training, worker
from geoseg.jobs.heartbeat import worker_status
from geoseg.jobs.queue import Job
from geoseg.models.zoo import list_members, verify
from geoseg.progress import RunCancelledError
from geoseg.training import grid_run, member_job
from geoseg.training.tree_settings import PICKED, TreeSettings
from geoseg.workspace import trainings
from geoseg.workspace.zoos import get_zoo, list_zoos
from tests.jobs.test_crash import wait_until
from tests.jobs.test_crash import worker as real_worker
from tests.workspace.made_up import member, training_area, training_request
from tests.workspace.picked import point


@pytest.fixture
def submitted(tmp_path):
    def make(*members, **changes):
        return queue.submit_training(training_request(tmp_path / "area", *members, **changes))

    return make


def at_work(training_id, stopping=None):
    assert queue.take() == Job("trainings", training_id)
    worker.work(Job("trainings", training_id), stopping or threading.Event())
    return trainings.read_training(training_id)


def test_a_training_ends_as_a_zoo_with_curves(submitted, monkeypatch):
    monkeypatch.setattr(grid_run, "room", lambda _: 1)
    training_id = submitted(member(), member(name="other", seed=1))
    state = at_work(training_id)
    assert (state.status, state.message) == ("finished", "")
    assert (state.done, state.total) == (16, 16)
    assert state.per_member == {"tiny": (8, 8), "other": (8, 8)}
    zoo = get_zoo(state.zoo)
    members = list_members(zoo.models, "landslides", "s2")
    assert {m.card.name for m in members} == {"tiny", "other"}
    assert all("blocks of ground" in m.card.trained_on for m in members)
    for one in members:
        verify(one)
    histories = trainings.read_histories(training_id)
    assert [row["step"] for row in histories["tiny"]] == [4, 8]
    assert not (trainings.training_folder(training_id) / "dataset").exists()


def test_a_stop_keeps_the_best_so_far_and_going_on_finishes(submitted, monkeypatch):
    training_id = submitted(member(max_steps=16))
    whole = grid_run.train_members

    def stopped_after_a_check(*arguments, progress, **choices):
        def tell(event):
            progress(event)
            if "F1" in event.stage:
                trainings.stop_training(training_id)

        return whole(*arguments, progress=tell, **choices)

    with monkeypatch.context() as patched:
        patched.setattr(grid_run, "train_members", stopped_after_a_check)
        state = at_work(training_id)
    assert (state.status, state.message) == ("cancelled", kinds.TRAINING.cancelled)
    assert len(list_members(get_zoo(training_id).models)) == 1
    assert state.per_member["tiny"][0] < 20
    queue.continue_training(training_id)
    assert at_work(training_id).status == "finished"
    assert [row["step"] for row in trainings.read_histories(training_id)["tiny"]] == [4, 8, 12, 16]


def broken(monkeypatch, *names):
    """Let the loss of these members turn NaN, in this process."""
    whole = member_job.train_on

    def train_on(scenes, settings, out, **choices):
        if settings.name in names:
            raise TrainingError("the loss is no longer a number at step 3; choose a smaller rate")
        return whole(scenes, settings, out, **choices)

    monkeypatch.setattr(grid_run, "room", lambda _: 1)
    monkeypatch.setattr(member_job, "train_on", train_on)


def test_a_loss_that_is_no_number_is_told_and_stops_no_other_network(submitted, monkeypatch):
    broken(monkeypatch, "tiny")
    training_id = submitted(member(), member(name="other"))
    assert at_work(training_id).status == "finished"
    assert "no longer a number" in trainings.read_results_of(training_id)["tiny"].status
    (kept,) = list_members(get_zoo(training_id).models)
    assert kept.card.name == "other"


def test_a_training_that_taught_nothing_fails_with_the_reason(submitted, monkeypatch):
    broken(monkeypatch, "tiny")
    state = at_work(submitted())
    assert state.status == "failed"
    assert state.message.startswith("the loss is no longer a number")
    assert len(list_zoos()) == 1


def test_a_full_disk_at_the_end_is_told(submitted, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    training_id = submitted()
    monkeypatch.setattr(shutil, "copyfile", full)
    state = at_work(training_id)
    assert state.status == "failed"
    assert "No space left on device" in state.message
    assert trainings.training_members(training_id)


def test_an_area_without_reference_fails_in_a_sentence(submitted, tmp_path):
    asked = training_request(tmp_path / "area")
    bare = asked.areas[0].model_copy(update={"reference": None})
    training_id = queue.submit_training(asked.model_copy(update={"areas": (bare,)}))
    state = at_work(training_id)
    assert (state.status, "has no reference" in state.message) == ("failed", True)


def tree_request(folder, *, reference=True, points=30, **changes):
    """Trees to learn from points picked on the area of the made-up training, by its truth."""
    area = training_area(folder, **({} if reference else {"reference": None}))
    truth = rasterio.open(folder / "truth.tif").read(1)
    rng = np.random.default_rng(3)
    picked = [
        point(row, col, class_id)
        for class_id in (0, 1)
        for row, col in rng.permutation(np.argwhere(truth == class_id))[:points]
    ]
    trees = [TreeSettings(task="landslides", setting="s2", method=method, points=PICKED, trees=5)
             for method in ("cart", "forest")]  # fmt: skip
    choices = {"title": "Points", "areas": (area.model_copy(update={"points": tuple(picked)}),),
               "plan": "trees", "trees": trees}  # fmt: skip
    return trainings.TrainingRequest(**choices | changes)


def test_trees_of_picked_points_are_judged_by_the_reference(tmp_path):
    training_id = queue.submit_training(tree_request(tmp_path / "area"))
    assert at_work(training_id).status == "finished"
    zoo = get_zoo(training_id)
    members = {one.card.name: one for one in list_members(zoo.models, "landslides", "s2")}
    assert set(members) == {"cart-points", "forest-points"}
    assert zoo.trained_on == "Hill: 60 picked points, checked on 1 block of the reference"
    (doubt,) = zoo.warnings
    assert "ground the points were picked on" in doubt
    for name, result in trainings.read_results_of(training_id).items():
        assert result.validation_f1 == members[name].card.validation_f1 > 0.8
        verify(members[name])
    assert not (trainings.training_folder(training_id) / "dataset").exists()


def test_without_a_reference_every_fifth_point_judges(tmp_path):
    request = tree_request(tmp_path / "area", reference=False, points=9)
    training_id = queue.submit_training(request)
    assert at_work(training_id).status == "finished"
    zoo = get_zoo(training_id)
    assert zoo.trained_on == "Hill: 18 picked points, checked on every fifth of them"
    few, own = zoo.warnings
    assert "no landslide (9), landslide (9)" in few
    assert "every fifth point only" in own


def test_points_that_cannot_teach_fail_in_a_sentence(tmp_path):
    training_id = queue.submit_training(tree_request(tmp_path / "area", points=1))
    state = at_work(training_id)
    assert state.status == "failed"
    assert state.message.startswith("Hill holds 1 point of class 0 no landslide")
    assert len(list_zoos()) == 1


def test_points_and_a_reference_do_not_teach_in_one_training(tmp_path):
    with pytest.raises(SettingsError, match="are trained apart"):
        tree_request(tmp_path / "area", members=(member(),))


def test_closing_the_app_lets_a_training_wait_again(submitted, monkeypatch):
    def interrupted(*_, **__):
        raise RunCancelledError("asked to stop")

    monkeypatch.setattr(training, "_train", interrupted)
    training_id = submitted()
    state = at_work(training_id, threading.Event())
    assert (state.status, state.message) == ("queued", kinds.TRAINING.interrupted)
    assert queue.take() == Job("trainings", training_id)


def test_an_orphan_without_progress_is_given_up_the_second_time(submitted):
    training_id = submitted()
    for attempt, expected in ((1, "queued"), (2, "failed")):
        assert queue.take() == Job("trainings", training_id)
        trainings.TRAININGS.change(training_id, status="running", attempts=attempt)
        recovery.recover()
        assert trainings.read_training(training_id).status == expected
    assert trainings.read_training(training_id).message == kinds.TRAINING.given_up


@pytest.mark.timeout(300)
def test_a_killed_worker_goes_on_from_the_last_check(submitted):
    training_id = submitted(member(max_steps=30, steps_per_epoch=5))

    def checked():
        return trainings.read_histories(training_id).get("tiny")

    with real_worker() as first:
        wait_until(checked)
        status = worker_status()
        assert status.job == Job("trainings", training_id)
        first.send_signal(signal.SIGKILL)
        first.wait()
    before = len(checked())
    assert trainings.read_training(training_id).status == "running"
    with real_worker():
        wait_until(lambda: trainings.read_training(training_id).status == "finished")
    steps = [row["step"] for row in checked()]
    assert steps == [5, 10, 15, 20, 25, 30]
    assert before < len(steps)
    log = (trainings.training_folder(training_id) / "log.txt").read_text()
    assert kinds.TRAINING.continued in log
