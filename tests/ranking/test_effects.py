"""Effects that were put in come out again."""

import itertools

import numpy as np
import pytest

from geoseg.errors import ModelError
from geoseg.ranking.effects import main_effects
from geoseg.ranking.trained import find_trained

GRID = [
    {"architecture": a, "loss": x, "learning rate": r}
    for a, x, r in itertools.product("ABC", "xy", ("0.001", "0.01"))
]
A, LOSS, RATE = {"A": 0.1, "B": 0.0, "C": -0.1}, {"x": 0.02, "y": -0.02}, {"0.001": 0, "0.01": 0}


def scores(rows):
    return [0.6 + A[r["architecture"]] + LOSS[r["loss"]] + RATE[r["learning rate"]] for r in rows]


def by_level(factors):
    return {level.level: level.effect for factor in factors for level in factor.levels}


def test_effects_of_a_full_grid_are_those_put_in():
    factors = main_effects(GRID, scores(GRID), 100, 0)
    assert [factor.name for factor in factors][:2] == ["architecture", "loss"]
    assert by_level(factors) == pytest.approx({**A, **LOSS, **RATE}, abs=1e-9)
    assert sum(factor.share for factor in factors) == pytest.approx(1)


def test_effects_of_an_uneven_zoo_are_those_put_in():
    """A plain mean of each level would be wrong here: good losses keep company with bad nets."""
    kept = [
        row for row in GRID if (row["architecture"], row["loss"]) not in {("A", "x"), ("C", "y")}
    ]
    factors = main_effects(kept, scores(kept), 100, 0)
    assert by_level(factors) == pytest.approx({**A, **LOSS, **RATE}, abs=1e-9)


def test_intervals_of_chance_alone_hold_nought():
    rng = np.random.default_rng(2)
    rows = GRID * 4
    factors = main_effects(rows, rng.normal(0.6, 0.05, len(rows)), 300, 0)
    levels = [level for factor in factors for level in factor.levels]
    assert sum(level.low <= 0 <= level.high for level in levels) >= len(levels) - 1
    assert all(factor.share < 0.2 for factor in factors)


def test_a_factor_that_never_varies_is_left_out_and_few_members_say_nothing():
    rows = [{**row, "loss": "x"} for row in GRID]
    assert {factor.name for factor in main_effects(rows, scores(rows), 100, 0)} == {
        "architecture", "learning rate",
    }  # fmt: skip
    assert main_effects(GRID[:5], scores(GRID[:5]), 100, 0) == ()
    assert main_effects([], [], 100, 0) == ()


HEAD = "name,setting,architecture,encoder,loss,learning_rate,status,validation_f1,test_f1\n"


def test_the_table_of_a_grid_gives_all_that_was_trained(tmp_path):
    (tmp_path / "results.csv").write_text(
        HEAD + "a,s1,Unet,r,Dice,0.001,trained,0.5,0.4\n" + "b,s1,FPN,r,BCE,0.01,trained,0.6,\n"
        "c,s1,PAN,r,BCE,0.01,failed: loss is NaN,,\nd,s2,PAN,r,BCE,0.01,trained,0.9,0.9\n"
    )
    table = find_trained([tmp_path / "landslides/s1/a.safetensors"], "s1")
    choices, found = table.rows("validation")
    assert found == [0.5, 0.6]
    assert choices[1] == {"architecture": "FPN", "loss": "BCE", "learning rate": "0.01"}
    assert table.rows("test")[1] == [0.4]
    assert find_trained([tmp_path / "a.safetensors"], "all") is None


def test_another_table_is_refused(tmp_path):
    (tmp_path / "results.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ModelError, match="is no results table"):
        find_trained([tmp_path / "landslides/s1/a.safetensors"], "s1")
