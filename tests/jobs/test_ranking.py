"""A ranking asked for on a page is made by the worker, and its fits go into the user's own zoo."""

import threading

import pytest

from geoseg.jobs import queue, worker
from geoseg.jobs.queue import Job
from geoseg.models.combination import find_ensembles
from geoseg.ranking import RankSettings, read_ranking
from geoseg.workspace import Area
from geoseg.workspace.rankings import (
    RankingRequest,
    ranking_file,
    ranking_folder,
    rankings_of,
    read_ranking_state,
)
from tests.pipeline import tiny


@pytest.fixture
def request_of_ranking(tmp_path, monkeypatch):
    monkeypatch.setenv("GEOSEG_THREADS", "1")
    zoo = tiny.write_zoo(tmp_path / "own", members=2)
    areas = []
    for seed in (0, 1):
        stack = tiny.write_raster(tmp_path / f"stack{seed}.tif", tiny.scene_values(seed))
        truth = tiny.write_reference(tmp_path / f"truth{seed}.tif")
        areas.append(Area(title=f"Valley {seed}", rasters=(stack,), reference=truth))
    return RankingRequest(
        title="Two valleys", zoo="own", models=zoo, settings=RankSettings(setting="s2", block=16),
        judging=areas[:1], fitting=areas[1:],
    )  # fmt: skip


def work(request):
    ranking_id = queue.submit_ranking(request)
    assert queue.take() == Job("rankings", ranking_id)
    worker.work(Job("rankings", ranking_id), threading.Event())
    return read_ranking_state(ranking_id)


def test_the_worker_makes_the_ranking_and_keeps_its_fits(request_of_ranking):
    state = work(request_of_ranking)
    assert (state.status, state.message) == ("finished", "")
    ranking = read_ranking(ranking_file(state.id))
    assert [(area.name, area.part) for area in ranking.areas] == [
        ("Valley 1", "validation"), ("Valley 0", "test"),
    ]  # fmt: skip
    assert find_ensembles(request_of_ranking.models, "landslides", "s2").sizes("greedy") == [2]
    assert [own.id for own in rankings_of("own", "landslides", "s2")] == [state.id]


def test_the_shipped_zoo_is_left_as_it_is(request_of_ranking):
    state = work(request_of_ranking.model_copy(update={"zoo": "shipped"}))
    assert state.status == "finished"
    assert find_ensembles(request_of_ranking.models, "landslides", "s2") is None
    assert (ranking_folder(state.id) / "ensembles.json").is_file()


def test_an_area_without_a_reference_is_told(request_of_ranking):
    bare = request_of_ranking.judging[0].model_copy(update={"reference": None})
    state = work(request_of_ranking.model_copy(update={"judging": (bare,)}))
    assert state.status == "failed"
    assert "Valley 0 has no reference" in state.message
