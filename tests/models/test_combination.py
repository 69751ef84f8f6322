"""What was fitted on validation scenes is read, checked against the zoo and put into a run."""

import hashlib
import subprocess
import sys

import pytest

from geoseg.errors import ModelError, SettingsError
from geoseg.models.card import BandStatistics, Card
from geoseg.models.combination import (
    Ensembles,
    Fit,
    choose_combination,
    ensembles_path,
    find_ensembles,
    read_ensembles,
)
from geoseg.models.zoo import PRETRAINED
from geoseg.settings import RunSettings

NAMES = ("first", "second", "third")


def add_member(folder, name, f1, digest="0"):
    place = folder / "landslides" / "s2"
    place.mkdir(parents=True, exist_ok=True)
    card = Card(
        name=name, task="landslides", setting="s2", architecture="Unet", encoder="resnet18",
        bands=tuple(BandStatistics(name=b, mean=0, std=1) for b in ("CART_landcover", "dNDVI")),
        loss="dice", learning_rate=0.001, validation_f1=f1, trained_on="simulated scenes",
        simulated=True, licence="CC0", sha256=hashlib.sha256(digest.encode()).hexdigest(),
    )  # fmt: skip
    (place / f"{name}.json").write_text(card.to_json())
    (place / f"{name}.safetensors").touch()
    return card


@pytest.fixture
def zoo(tmp_path):
    cards = [add_member(tmp_path, name, 0.9 - 0.1 * n) for n, name in enumerate(NAMES)]
    fits = (
        Fit(combination="mean", size=2, temperature=1.5, threshold=0.4, threshold_calibrated=0.45),
        Fit(combination="greedy", size=3, members=("third", "first"), weights=(0.75, 0.25),
            temperature=2.0, threshold=0.3, threshold_calibrated=0.35),
    )  # fmt: skip
    ensembles = Ensembles(
        task="landslides", setting="s2", fitted_on="four simulated scenes", simulated=True,
        members={card.name: card.sha256 for card in cards}, fits=fits,
    )  # fmt: skip
    ensembles_path(tmp_path, "landslides", "s2").write_text(ensembles.to_json())
    return tmp_path


def chosen(zoo, **choices):
    return choose_combination(zoo, RunSettings(setting="s2", **choices))


def names(combination):
    return [member.card.name for member in combination.members]


def test_the_plain_mean_needs_no_fit(zoo):
    ensembles_path(zoo, "landslides", "s2").unlink()
    plain = chosen(zoo, ensemble_size=3, threshold=0.6)
    assert names(plain) == list(NAMES)
    assert (plain.weights, plain.temperature, plain.threshold) == ((1, 1, 1), 1, 0.6)


def test_the_fits_lie_beside_the_cards_without_being_one(zoo):
    assert find_ensembles(zoo, "landslides", "s2") is not None
    assert find_ensembles(zoo, "landslides", "s1") is None
    assert names(chosen(zoo, ensemble_size=3)) == list(NAMES)


@pytest.mark.parametrize(
    ("choices", "temperature", "threshold"),
    [
        ({"calibrated": True}, 1.5, 0.5),
        ({"threshold_by": "validation"}, 1.0, 0.4),
        ({"threshold_by": "validation", "calibrated": True}, 1.5, 0.45),
    ],
)
def test_a_mean_takes_what_was_fitted_for_its_size(zoo, choices, temperature, threshold):
    mean = chosen(zoo, ensemble_size=2, **choices)
    assert names(mean) == ["first", "second"]
    assert (mean.temperature, mean.threshold) == (temperature, threshold)
    assert mean.weights == (1, 1)


def test_a_greedy_ensemble_asks_only_those_it_took(zoo):
    greedy = chosen(zoo, combination="greedy", ensemble_size=3)
    assert names(greedy) == ["third", "first"]
    assert greedy.weights == (0.75, 0.25)
    assert (greedy.temperature, greedy.threshold) == (1, 0.5)
    assert greedy.record()["weights"] == {"third": 0.75, "first": 0.25}


def test_a_size_nobody_fitted_is_answered_with_those_there_are(zoo):
    with pytest.raises(ModelError, match=r"greedy was not fitted for ensemble size 2; choose .* 3"):
        chosen(zoo, combination="greedy", ensemble_size=2)


def test_a_zoo_without_fits_says_how_to_make_them(zoo):
    ensembles_path(zoo, "landslides", "s2").unlink()
    with pytest.raises(ModelError, match=r"no combination was fitted .* geoseg models rank"):
        chosen(zoo, calibrated=True, ensemble_size=2)


def test_changed_weights_are_noticed(zoo):
    add_member(zoo, "first", 0.9, digest="trained anew")
    with pytest.raises(ModelError, match=r"other networks \(first changed since\)"):
        chosen(zoo, combination="greedy", ensemble_size=3)


def test_a_new_better_member_makes_fits_of_the_mean_stale(zoo):
    add_member(zoo, "newcomer", 0.95)
    with pytest.raises(ModelError, match="the ranking changed"):
        chosen(zoo, ensemble_size=2, threshold_by="validation")


def test_members_by_name_and_fits_exclude_each_other(zoo):
    with pytest.raises(SettingsError, match=r"fitted for the best K members, not for .*first"):
        chosen(zoo, members=("first",), calibrated=True)


def test_a_damaged_file_is_told(zoo):
    ensembles_path(zoo, "landslides", "s2").write_text("{")
    with pytest.raises(ModelError, match=r"ensembles\.json is damaged"):
        chosen(zoo, combination="greedy", ensemble_size=3)


def test_weights_must_sum_to_one():
    with pytest.raises(SettingsError, match="sum to 1"):
        Fit(combination="greedy", size=2, members=("a", "b"), weights=(0.5, 0.6))


def test_settings_of_older_runs_still_load():
    old = RunSettings.from_json('{"version": 1, "setting": "s2", "threshold": 0.4}')
    assert (old.combination, old.turns, old.calibrated) == ("mean", False, False)
    assert (old.threshold, old.threshold_by) == (0.4, "number")


def test_combining_needs_no_torch():
    script = "import sys, geoseg.models.combination; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def judged(**errors):
    return Fit(combination="greedy", size=20, members=("third",), weights=(1.0,), **errors)


def test_a_probability_far_from_the_truth_is_told_with_the_number_and_what_mends_it():
    fit = judged(calibration_error=0.405, calibration_error_calibrated=0.02)
    (words,) = fit.doubts(calibrated=False)
    assert "the greedy choice among the best 20 is far from the truth" in words
    assert "0.405 apart" in words
    assert words.endswith("calibrated it lies 0.020 apart: choose the calibrated probability")
    assert fit.doubts(calibrated=True) == ()


def test_a_calibration_that_does_not_mend_it_is_told_too():
    fit = judged(calibration_error=0.405, calibration_error_calibrated=0.15)
    (words,) = fit.doubts(calibrated=True)
    assert "is calibrated and still far from the truth" in words
    assert "0.150 apart" in words


@pytest.mark.parametrize("errors", [{}, {"calibration_error": 0.05}])
def test_a_probability_that_is_right_or_was_never_judged_is_not_doubted(errors):
    assert judged(**errors).doubts(calibrated=False) == ()


def test_a_run_is_warned_of_what_it_chose(zoo):
    fitted = read_ensembles(zoo, "landslides", "s2")
    bad = {"calibration_error": 0.3, "calibration_error_calibrated": 0.01}
    fits = tuple(fit.model_copy(update=bad) for fit in fitted.fits)
    path = ensembles_path(zoo, "landslides", "s2")
    path.write_text(fitted.model_copy(update={"fits": fits}).to_json())
    greedy = chosen(zoo, combination="greedy", ensemble_size=3)
    assert "the greedy choice among the best 3" in greedy.warnings[0]
    assert "the mean of the best 2" in chosen(zoo, ensemble_size=2).warnings[0]
    assert chosen(zoo, combination="greedy", ensemble_size=3, calibrated=True).warnings == ()
    assert chosen(zoo, ensemble_size=1).warnings == ()


def test_every_shipped_ensemble_knows_what_its_probability_is_worth():
    paths = sorted(PRETRAINED.glob("*/*/ensembles.json"))
    assert len(paths) == 5
    for path in paths:
        for fit in Ensembles.from_json(path.read_bytes()).fits:
            if fit.combination != "mean":
                assert fit.calibration_error is not None
                assert fit.doubts(calibrated=True) == (), path
