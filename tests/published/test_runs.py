"""Which file of a training run counts."""

import pytest

from geoseg.published.runs import FolderSource, list_runs


@pytest.fixture
def runs(tmp_path):
    def make(*names, logs=()):
        root = tmp_path / "models" / "sentinel1_and_2_ensemble" / "12"
        for name in [f"checkpoints/{n}" for n in names] + list(logs):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(b"")
        (run,), strange = list_runs(FolderSource(tmp_path / "models"))
        assert strange == []
        return run

    return make


@pytest.mark.parametrize(
    ("names", "best"),
    [
        (["last.ckpt"], "last.ckpt"),
        (["epoch_003.ckpt", "last.ckpt"], "epoch_003.ckpt"),
        (["epoch_003.ckpt", "epoch_021.ckpt", "last.ckpt"], "epoch_021.ckpt"),
        (["epoch_009.ckpt", "epoch_010.ckpt", "epoch_010-v1.ckpt"], "epoch_010.ckpt"),
        (["epoch_003_f1_0.61.ckpt", "epoch_021_f1_0.52.ckpt"], "epoch_003_f1_0.61.ckpt"),
    ],
)
def test_the_best_epoch_is_chosen(runs, names, best):
    assert runs(*names).checkpoint.endswith(f"12/checkpoints/{best}")


def test_a_run_knows_its_setting_its_notes_and_a_score_in_its_name(runs):
    logs = [f"tensorboard/version_{n}/{name}" for n in (0, 1)
            for name in ("hparams.yaml", f"events.out.tfevents.{n}.host.1.0")]  # fmt: skip
    run = runs("epoch_003_f1_0.61.ckpt", logs=logs)
    assert (run.setting, run.number, run.title) == ("s1s2", 12, "sentinel1_and_2_ensemble/12")
    assert run.hparams.endswith("version_1/hparams.yaml")
    assert len(run.events) == 2
    assert run.score_in_name == 0.61
