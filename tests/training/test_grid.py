"""A grid trains every member once, side by side or on a cluster, and its table tells how it went."""

import csv
import os
import signal
import sys

import pytest

from geoseg.errors import RunCancelledError, SettingsError, TrainingError
from geoseg.models.card import ARCHITECTURES, read_card
from geoseg.models.zoo import list_members
from geoseg.training import member_job, starting
from geoseg.training.grid import GridSettings, grid_members
from geoseg.training.grid_run import train_grid, train_members
from geoseg.training.results import PLAIN, Result, read_results, write_results


@pytest.fixture
def grid():
    return GridSettings(
        task="wetlands",
        setting="landsat",
        architectures=("Linknet", "FPN"),
        losses=("Dice",),
        learning_rates=(0.003,),
        shapes="compact",
        crop=64,
        batch=2,
        max_steps=6,
        steps_per_epoch=3,
        validation=("scene2",),
        device="cpu",
        at_once=1,
    )


def weights(out):
    return {
        path.stem: read_card(path).sha256
        for path in out.glob("wetlands/landsat/*.json")
        if path.stem != "grid"
    }


def test_the_grid_of_the_thesis_has_its_90_members():
    members = grid_members(GridSettings(task="landslides", setting="s1s2", recipe="thesis"))
    assert len({member.member_name for member in members}) == 90
    assert {member.architecture for member in members} == set(ARCHITECTURES)
    assert {member.completed.learning_rate for member in members} == {0.001, 0.01}
    assert {member.encoder for member in members} == {"resnet34"}
    assert members[0].member_name == "Unet-BCE-0.001"
    assert len({member.seed for member in members}) == 90


def test_grid_settings_need_no_torch_survive_json_and_refuse_nonsense(grid):
    assert GridSettings.from_json(grid.to_json()) == grid
    with pytest.raises(SettingsError, match="Input should be 'Unet'"):
        GridSettings(task="landslides", setting="s1", architectures=("Transformer",))
    with pytest.raises(SettingsError, match="name every choice once"):
        GridSettings(task="landslides", setting="s1", losses=("Dice", "Dice"))


def test_a_grid_is_a_zoo_with_a_table_and_is_not_trained_twice(dataset, grid, tmp_path):
    table = train_grid(dataset, grid, tmp_path / "zoo")
    rows = read_results(table)
    assert table == tmp_path / "zoo/results.csv"
    assert {row.name for row in rows} == {"Linknet-Dice-0.003", "FPN-Dice-0.003"}
    cards = {member.card.name: member.card for member in list_members(tmp_path / "zoo")}
    for row in rows:
        assert row.status == "trained"
        assert (row.steps, row.test_f1, row.encoder) == (6, None, "tu-resnet10t")
        assert row.validation_f1 == pytest.approx(cards[row.name].validation_f1, abs=1e-4)
        p, r = row.validation_precision, row.validation_recall
        assert row.validation_f1 == pytest.approx(2 * p * r / (p + r), abs=1e-3)
        assert row.parameters > 10_000
    events = []
    train_grid(dataset, grid, tmp_path / "zoo", progress=events.append)
    assert [(event.done, event.total) for event in events] == [(2, 2)]


def test_the_table_has_the_promised_columns(tmp_path):
    row = Result("Unet-BCE-0.001", "s1", "Unet", "resnet34", "BCE", 0.001, "failed: no, really")
    write_results(tmp_path / "results.csv", [row])
    with (tmp_path / "results.csv").open() as file:
        head = next(csv.reader(file))
    assert head == PLAIN
    assert read_results(tmp_path / "results.csv") == [row]


def test_members_side_by_side_equal_members_in_turn_and_one_after_an_interruption(
    dataset, grid, tmp_path
):
    train_grid(dataset, grid, tmp_path / "turn")
    asked = iter([False] * 4)
    with pytest.raises(RunCancelledError):
        train_grid(dataset, grid, tmp_path / "broken", cancelled=lambda: next(asked, True))
    assert list((tmp_path / "broken/wetlands/landsat").glob("*.checkpoint"))
    both = grid.model_copy(update={"at_once": 2})
    train_grid(dataset, both, tmp_path / "broken")
    assert weights(tmp_path / "turn") == weights(tmp_path / "broken")
    assert len(weights(tmp_path / "turn")) == 2


def test_test_scenes_are_scored_and_only_the_best_are_kept(dataset, grid, tmp_path):
    (dataset / "test").mkdir()
    for kind in ("input", "label"):
        (dataset / "test" / kind).symlink_to(dataset / "train_val" / kind)
    table = train_grid(dataset, grid.model_copy(update={"keep": 1}), tmp_path / "zoo")
    rows = read_results(table)
    assert len(rows) == 2
    assert all(row.test_f1 is not None for row in rows)
    assert list(weights(tmp_path / "zoo")) == [rows[0].name]
    assert rows[0].validation_f1 >= rows[1].validation_f1


def test_a_member_that_fails_is_a_row_and_the_others_go_on(dataset, grid, tmp_path, monkeypatch):
    real = starting.make_loss

    def breaking(name, all_known, classes):
        loss = real(name, all_known)
        return (lambda *at: loss(*at) * float("nan")) if name == "BCE" else loss

    monkeypatch.setattr(starting, "make_loss", breaking)
    two = grid.model_copy(update={"architectures": ("Linknet",), "losses": ("BCE", "Dice")})
    rows = read_results(train_grid(dataset, two, tmp_path / "zoo"))
    assert [row.status[:7] for row in rows] == ["trained", "failed:"]
    assert "no longer a number at step 1 with learning rate 0.003" in rows[1].status
    assert rows[1].validation_f1 is None
    assert list(weights(tmp_path / "zoo")) == ["Linknet-Dice-0.003"]


def test_another_grid_in_the_same_folder_is_refused(dataset, grid, tmp_path):
    one = grid.model_copy(update={"architectures": ("Linknet",), "max_steps": 1})
    train_grid(dataset, one, tmp_path / "zoo")
    with pytest.raises(TrainingError, match="other choices"):
        train_grid(dataset, one.model_copy(update={"max_steps": 2}), tmp_path / "zoo")
    train_grid(dataset, one.model_copy(update={"keep": 1}), tmp_path / "zoo")


def test_members_of_any_kind_make_a_table_in_their_folder(dataset, settings, tmp_path):
    short = settings.model_copy(update={"max_steps": 2, "steps_per_epoch": 1})
    table = train_members(dataset, [short], tmp_path / "zoo", at_once=1)
    assert table == tmp_path / "zoo/results.csv"
    assert [row.name for row in read_results(table)] == ["tiny"]
    assert (tmp_path / "zoo/tiny.json").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_process_that_is_killed_costs_its_member_alone(dataset, grid, tmp_path):
    import psutil

    killed = []

    def kill_one(event):
        if event.member == "Linknet-Dice-0.003" and not killed:
            killed.append(event)
            child = psutil.Process().children()[-2:]
            os.kill(min(child, key=lambda process: process.pid).pid, signal.SIGKILL)

    both = grid.model_copy(update={"at_once": 2, "max_steps": 30})
    rows = read_results(train_grid(dataset, both, tmp_path / "zoo", progress=kill_one))
    assert sorted(row.status[:7] for row in rows) == ["failed:", "trained"]
    failed = next(row for row in rows if not row.is_trained)
    assert "code -9, most likely for want of memory" in failed.status
    rows = read_results(
        train_grid(dataset, grid.model_copy(update={"max_steps": 30}), tmp_path / "zoo")
    )
    assert [row.status for row in rows] == ["trained", "trained"]


def test_a_scene_dataset_is_read_once_for_all_members(dataset, grid, tmp_path, monkeypatch):
    calls = []
    real = member_job.read_dataset
    monkeypatch.setattr(member_job, "read_dataset", lambda *at: calls.append(at) or real(*at))
    train_grid(dataset, grid.model_copy(update={"max_steps": 1}), tmp_path / "zoo")
    assert len(calls) == 1
