"""Article I again, in small: both tables, runs that open, pictures; the best case by rectangles."""

import json

import pytest

from geoseg.evaluation.counts import Confusion
from geoseg.experiments import ExperimentSettings, Watch
from geoseg.experiments.bedrock import PUBLISHED, SCORES, Extent, Outcome, best_cases, run_bedrock
from geoseg.tasks.bedrock import BEDROCK
from geoseg.tasks.method import Rectangles

SMALL = Rectangles("small", "2 small ones anywhere", 2, (0.08, 0.12))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A whole experiment of two networks of one step."""
    out = tmp_path_factory.mktemp("bedrock")
    extent = Extent(size=128, cases=1, batch=2, designs=(SMALL,))
    return out, run_bedrock(ExperimentSettings(max_steps=1), out, Watch(), extent)


def test_every_design_of_the_task_has_published_scores():
    names = {design.name for design in BEDROCK.sampling.designs}
    assert {design for _, design in PUBLISHED} == names
    for precision, recall, f1 in ((p, r, f) for f, _, _, p, r in PUBLISHED.values()):
        # The article prints Landsat's precision and recall rounded, so F1 is off by little.
        assert f1 == pytest.approx(2 * precision * recall / (precision + recall), abs=0.015)


def test_the_table_tells_the_scores_of_the_runs(made):
    out, (best, mean) = made
    assert [row.names for row in best.rows] == [("1 small", "L8"), ("1 small", "DEM")]
    record = json.loads((out / "runs" / "terrain-small-1" / "metrics.json").read_bytes())
    for key in SCORES:
        assert best.rows[1].ours[key] == mean.rows[1].ours[key] == record[key]
    assert best.rows[1].published["f1"] == 0.81
    assert "| 1 small | DEM |" in best.markdown()
    assert "1 steps of 2 patches" in best.markdown()


def test_pictures_rectangles_and_comparison_lie_beside(made):
    out, _ = made
    assert (out / "figures" / "confusion-terrain.png").read_bytes().startswith(b"\x89PNG")
    names = ("figures/scores.html", "data/small-1.gpkg", "compared/run_vs_run.tif")
    assert all((out / name).is_file() for name in names)
    assert not (out / "data" / "small-1").exists()


def test_the_rectangles_choose_the_best_case_not_the_map():
    def outcome(case, validation, right):
        return Outcome("terrain", "small", case, validation, Confusion(right, 1, 1, 1), Confusion())

    chosen = best_cases([outcome(1, 0.5, 99), outcome(2, 0.6, 9), outcome(3, 0.4, 999)])
    assert chosen["terrain", "small"].case == 2
