"""The same members come from a Dask cluster as from this process."""

import pytest

from geoseg.errors import TrainingError
from geoseg.training.grid import GridSettings
from geoseg.training.grid_run import train_grid
from geoseg.training.results import read_results

distributed = pytest.importorskip("distributed")


@pytest.fixture
def grid():
    return GridSettings(
        task="wetlands", setting="landsat", architectures=("Linknet",), losses=("Dice", "BCE"),
        learning_rates=(0.003,), shapes="compact", crop=64, batch=2, max_steps=2, steps_per_epoch=1,
        validation=("scene2",), device="cpu", at_once=1,
    )  # fmt: skip


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("resources", [None, {"GPU": 1}])
def test_a_cluster_trains_the_same_members(dataset, grid, tmp_path, resources):
    train_grid(dataset, grid, tmp_path / "here")
    events = []
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None,
        host="127.0.0.1", protocol="tcp", resources=resources,
    ) as cluster:  # fmt: skip
        train_grid(
            dataset, grid, tmp_path / "there", progress=events.append,
            cluster=cluster.scheduler_address,
        )  # fmt: skip
    there = read_results(tmp_path / "there/results.csv")
    here = read_results(tmp_path / "here/results.csv")
    assert [row.status for row in there] == ["trained", "trained"]
    assert [(row.name, row.validation_f1) for row in there] == [
        (row.name, row.validation_f1) for row in here
    ]
    assert any(event.member == "Linknet-Dice-0.003" for event in events)


@pytest.mark.filterwarnings("default")
def test_an_address_where_nobody_answers_is_told(dataset, grid, tmp_path, monkeypatch):
    monkeypatch.setattr("geoseg.training.cluster.TO_CONNECT_S", 1)
    with pytest.raises(TrainingError, match=r"no Dask cluster answers at tcp://127\.0\.0\.1:9"):
        train_grid(dataset, grid, tmp_path / "zoo", cluster="tcp://127.0.0.1:9")
