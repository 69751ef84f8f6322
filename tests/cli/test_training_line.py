import json
import signal

import pytest
import rasterio

from geoseg.cli import main
from geoseg.cli.simulate import SEEDS_APART, Scenes
from geoseg.simulate import DEMO_SEED


@pytest.fixture
def scenes(tmp_path, capsys):
    arguments = "simulate --scenes 2 --seed 3 --size 96 --json --out".split()
    assert main([*arguments, str(tmp_path / "scenes")]) == 0
    made = json.loads(capsys.readouterr().out)
    assert len(made["files"]) == 4
    return tmp_path / "scenes"


def test_simulated_scenes_say_so_and_can_train_a_network(scenes, tmp_path, capsys):
    with rasterio.open(next(scenes.glob("train_val/input/*.tif"))) as raster:
        assert raster.count == 15
        assert raster.tags()["SIMULATED"] == "yes"
    out = tmp_path / "zoo"
    arguments = "--setting s2 --arch Linknet --encoder tu-resnet10t --max-steps 1 --json".split()
    assert main(["train", str(scenes), *arguments, "--out", str(out)]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["simulated"]
    assert main(["models", "verify", "--models", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verified": 1}


def test_training_without_a_dataset_is_told(tmp_path, capsys):
    arguments = ["train", str(tmp_path), "--setting", "s2", "--out", str(tmp_path / "zoo")]
    assert main(arguments) == 2
    assert "is not a dataset" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_demo_area_is_never_among_training_scenes():
    seed, number = divmod(DEMO_SEED, SEEDS_APART)
    assert Scenes(seed, number + 1, 64)[number].seed != DEMO_SEED
    assert Scenes(seed, number + 1, 64)[number - 1].seed == DEMO_SEED - 1


GRID = (
    "--setting s2 --grid thesis --arch Linknet,FPN --loss Dice --lr 0.003 --shapes compact "
    "--max-steps 1 --at-once 1"
)


def test_a_grid_makes_a_zoo_and_a_table(scenes, tmp_path, capsys):
    out = tmp_path / "zoo"
    assert main(["train", str(scenes), *GRID.split(), "--out", str(out), "--json"]) == 0
    told = capsys.readouterr()
    record = json.loads(told.out)
    assert {row["status"] for row in record["members"]} == {"trained"}
    assert record["results"] == str(out / "results.csv")
    assert "0 of 2 networks trained" in told.err
    assert main(["models", "verify", "--models", str(out), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"verified": 2}
    again = ["train", str(scenes), *GRID.split(), "--out", str(out), "--resume"]
    assert main(again) == 0
    assert "2 of 2 trained; all of them in" in capsys.readouterr().out


def test_a_network_goes_on_from_another(scenes, tmp_path, capsys):
    arguments = "--setting s2 --arch Linknet --shapes compact --max-steps 1 --json --out".split()
    assert main(["train", str(scenes), *arguments, str(tmp_path / "zoo")]) == 0
    start = tmp_path / "zoo" / f"{json.loads(capsys.readouterr().out)['name']}.json"
    more = ["--setting", "s2", "--max-steps", "1", "--from", str(start), "--json", "--out"]
    assert main(["train", str(scenes), *more, str(tmp_path / "own")]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == f"{start.stem}-tuned"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--grid small", "no grid 'small'; choose thesis"),
        ("--grid thesis --from a.json", "--from cannot go with --grid"),
        ("--at-once 2", "--at-once cannot go with one network"),
        ("--lr fast", "--lr takes numbers"),
        ("--lr 0.1,0.2", "one network has one learning rate"),
        ("--arch Transformer", "got 'Transformer'"),
        ("--loss Hinge", "got 'Hinge'"),
        ("--grid thesis --loss Hinge", "got 'Hinge'"),
        ("--shapes huge", "choose library or compact"),
        ("--recipe slow", "got 'slow'"),
    ],
)
def test_impossible_choices_are_told_in_a_sentence(tmp_path, capsys, arguments, words):
    whole = ["train", str(tmp_path), "--setting", "s2", "--out", str(tmp_path / "z")]
    assert main([*whole, *arguments.split()]) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1


def test_ctrl_c_stores_what_was_learned(scenes, tmp_path, capsys, monkeypatch):
    from geoseg.training import trainer

    real, steps = trainer._step, []

    def step(training):
        real(training)
        steps.append(training.standing.step)
        if len(steps) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(trainer, "_step", step)
    line = "--setting s2 --arch Linknet --shapes compact --max-steps 4 --name mine --out"
    whole = ["train", str(scenes), *line.split(), str(tmp_path / "zoo")]
    assert main(whole) == 130
    assert "was stopped after step 2" in capsys.readouterr().err
    assert main([*whole, "--resume"]) == 0
    assert steps == [1, 2, 3, 4]
