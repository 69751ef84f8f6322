"""One pass says what K separate evaluations would, and nothing of a test area gets into a fit."""

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix, f1_score

from geoseg.errors import ModelError, ReferenceMapError, RunCancelledError
from geoseg.inference.ensemble import Mix
from geoseg.inference.streaming import predict_strips
from geoseg.inference.turns import TurnedMember
from geoseg.ranking.areas import ArrayTruth
from geoseg.ranking.files import read_ranking, write_ranking
from geoseg.ranking.rank import rank_zoo
from geoseg.ranking.results import Ranking
from geoseg.ranking.tables import TABLES
from tests.ranking.conftest import MEMBERS, SETTINGS
from tests.ranking.made_up import OneBand, task_of, zoo_of


def run(area, members, weights=(), turns=False):
    """Return truth and probability of known pixels, by the ordinary ensemble of a run."""
    loaded = [OneBand(member) for member in members]
    loaded = [TurnedMember(member) for member in loaded] if turns else loaded
    strips = predict_strips(area.stack, loaded, SETTINGS.run_settings(), mix=Mix(weights))
    probability = np.concatenate([strip.probability[0] for strip in strips])
    known = np.isfinite(probability) & (area.truth.label != 255)
    return area.truth.label[known], probability[known]


def test_running_means_are_k_separate_runs(ranked, areas):
    ranking, _ = ranked
    for point in ranking.sizes:
        truth, probability = run(areas[2], zoo_of(MEMBERS)[: point.size])
        tn, fp, fn, tp = confusion_matrix(truth, probability >= 0.5).ravel()
        assert (point.test.tp, point.test.fp, point.test.fn, point.test.tn) == (tp, fp, fn, tn)
        assert point.test.f1 == pytest.approx(f1_score(truth, probability >= 0.5))


def test_validation_areas_are_pooled(ranked, areas):
    ranking, _ = ranked
    pairs = [run(area, zoo_of(MEMBERS)[:4]) for area in areas[:2]]
    truth, probability = (np.concatenate(side) for side in zip(*pairs, strict=True))
    assert ranking.sizes[3].validation.f1 == pytest.approx(f1_score(truth, probability >= 0.5))


def test_members_keep_the_order_of_the_zoo_and_are_scored_alone(ranked, areas):
    ranking, _ = ranked
    assert [row.name for row in ranking.members] == [f"m{place}" for place in range(MEMBERS)]
    assert [row.rank for row in ranking.members] == list(range(1, MEMBERS + 1))
    truth, probability = run(areas[2], zoo_of(MEMBERS)[5:6])
    assert ranking.members[5].test.f1 == pytest.approx(f1_score(truth, probability >= 0.5))


def test_every_variant_is_what_a_run_with_it_gives(ranked, areas):
    ranking, ensembles = ranked
    by_name = {member.card.name: member for member in zoo_of(MEMBERS)}
    fits = {(fit.combination, fit.size): fit for fit in ensembles.fits}
    for row in ranking.variants:
        fit = fits["mean" if row.combination == "single" else row.combination, row.size]
        names = fit.members or list(by_name)[: fit.size]
        members = [by_name[name] for name in names]
        truth, probability = run(areas[2], members, fit.weights, row.turns)
        threshold = fit.threshold if row.threshold_by == "validation" else 0.5
        assert row.threshold == threshold
        assert row.members == len(members)
        expected = f1_score(truth, probability >= threshold)
        assert row.score.f1 == pytest.approx(expected, abs=2e-3)  # stored in 16 bits


def test_there_is_a_variant_of_every_choice(ranked):
    ranking, _ = ranked
    found = {(v.combination, v.size, v.turns, v.threshold_by) for v in ranking.variants}
    assert len(found) == len(ranking.variants) == 2 * 2 * (4 + 2 * 3)
    assert ("single", 1, False, "number") in found
    assert ("greedy", MEMBERS, True, "validation") in found


def test_an_ensemble_of_independent_errors_beats_its_best_member(ranked):
    ranking, _ = ranked
    last = ranking.improvements[-1]
    assert last.size == MEMBERS
    assert last.gain.is_above
    assert last.percent == pytest.approx(
        100 * (last.score.f1 / ranking.improvements[0].score.f1 - 1), abs=1e-6
    )
    assert ranking.improvements[0].gain.value == 0


def test_intervals_hold_their_value(ranked):
    ranking, _ = ranked
    for row in (*ranking.members, *ranking.sizes):
        for score in (row.validation, row.test):
            assert score.low < score.f1 < score.high


def test_a_test_area_changes_no_fit(ranked, areas):
    _, with_test = ranked
    _, without = rank_zoo(zoo_of(MEMBERS), areas[:2], task_of(MEMBERS), SETTINGS, load=OneBand)
    # What they are worth is another thing: that is told by the ground that judges.
    unjudged = {"calibration_error": None, "calibration_error_calibrated": None}
    bare = [[fit.model_copy(update=unjudged) for fit in own.fits] for own in (without, with_test)]
    assert bare[0] == bare[1]


def test_without_validation_nothing_is_fitted_and_it_says_so(areas):
    ranking, ensembles = rank_zoo(
        zoo_of(MEMBERS), areas[2:], task_of(MEMBERS), SETTINGS, load=OneBand
    )
    assert ensembles is None
    assert {row.threshold_by for row in ranking.variants} == {"number"}
    assert {row.combination for row in ranking.variants} == {"single", "mean"}
    assert "no ensemble, threshold or temperature was fitted" in ranking.notes[0]


def test_ranking_to_json_to_ranking(ranked, tmp_path):
    ranking, ensembles = ranked
    assert Ranking.from_json(ranking.to_json()) == ranking
    paths = write_ranking(ranking, ensembles, tmp_path)
    assert read_ranking(tmp_path / "ranking.json") == ranking
    assert {path.stem for path in paths} == {*TABLES, "ranking", "ensembles"}


def test_tables_are_as_wide_as_their_heads(ranked):
    for table in TABLES.values():
        head, rows = table(ranked[0])
        assert rows
        assert {len(row) for row in rows} == {len(head)}


def test_the_pass_can_be_cancelled_and_tells_of_every_member(areas):
    events = []
    with pytest.raises(RunCancelledError):
        rank_zoo(
            zoo_of(MEMBERS), areas, task_of(MEMBERS), SETTINGS, load=OneBand,
            progress=events.append, cancelled=lambda: len(events) > 3,
        )  # fmt: skip
    assert [event.member for event in events[:3]] == ["m0", "m1", "m2"]


def test_labels_without_the_feature_are_refused(areas):
    empty = ArrayTruth(np.zeros_like(areas[2].truth.label))
    blank = type(areas[2])("t", "test", areas[2].stack, empty)
    with pytest.raises(ReferenceMapError, match="labels of t hold no pixel of the feature"):
        rank_zoo(zoo_of(MEMBERS), [blank], task_of(MEMBERS), SETTINGS, load=OneBand)


def test_nothing_to_rank_is_refused(areas):
    with pytest.raises(ModelError, match="got no network"):
        rank_zoo([], areas, task_of(MEMBERS), SETTINGS, load=OneBand)
