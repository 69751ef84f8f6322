"""The Models page: the ranking of a zoo, its charts, a member's card, and judging it here."""

import pytest

from geoseg.ranking.files import ranking_path, write_ranking
from geoseg.workspace.rankings import list_rankings, ranking_folder, read_ranking_request
from tests.ranking.conftest import areas, ranked  # noqa: F401 - fixtures
from tests.ui.test_pages import opened, words


@pytest.fixture
def shipped_ranking(home, ranked):  # noqa: F811
    """A ranking beside the shipped zoo, its members called as those of the made-up zoo."""
    return keep(ranked[0], ranking_path(None, "landslides", "s1s2").parent)


def keep(ranking, folder):
    names = ("Unet", "FPN", "Linknet")
    members = tuple(
        row.model_copy(update={"name": name, "architecture": name})
        for row, name in zip(ranking.members, names, strict=False)
    )
    settings = ranking.settings.model_copy(update={"task": "landslides", "setting": "s1s2"})
    changed = ranking.model_copy(update={"members": members, "settings": settings})
    folder.mkdir(parents=True, exist_ok=True)
    write_ranking(changed, None, folder)
    return changed


def tables(app):
    return [element.value for element in app.dataframe]


def test_the_page_lists_the_zoo_best_first_and_says_what_a_ranking_would_give(demo_area):
    app = opened("models.py")
    assert not app.exception
    assert not app.error
    assert list(tables(app)[0]["Architecture"]) == ["Unet", "FPN", "Linknet"]
    assert list(tables(app)[0]["Rank"]) == [1, 2, 3]
    assert "have not been judged side by side" in words(app)


def test_filters_leave_the_ranks_as_they_are(demo_area):
    app = opened("models.py")
    app.multiselect(key="filter_architecture").set_value(["Linknet"]).run()
    assert list(tables(app)[0]["Rank"]) == [3]
    assert "1 of 3 networks" in words(app)


def test_a_ranking_fills_every_tab(demo_area, shipped_ranking):
    app = opened("models.py")
    assert not app.exception
    assert not app.error
    assert tables(app)[0]["F1"].iloc[0] == pytest.approx(shipped_ranking.members[0].test.f1)
    assert len(app.get("plotly_chart")) >= 4
    text = words(app)
    assert "have not been judged" not in text
    assert "judged on t1" in text
    ensembles = next(table for table in tables(app) if "Looks at a tile" in table)
    assert ensembles["F1"].is_monotonic_decreasing


def test_the_table_of_gains_is_that_of_the_ranking(demo_area, shipped_ranking):
    gains = next(table for table in tables(opened("models.py")) if "Gain, %" in table)
    assert list(gains["F1"]) == [row.score.f1 for row in shipped_ranking.improvements]


def test_judging_puts_a_job_in_the_queue(demo_area):
    app = opened("models.py")
    next(button for button in app.button if button.label == "Judge 3 networks").click().run()
    assert not app.exception
    (state,) = list_rankings()
    request = read_ranking_request(state.id)
    assert (state.status, state.zoo, state.setting) == ("queued", "shipped", "s1s2")
    assert [area.id for area in request.judging] == ["demo"]
    assert next(b for b in app.button if b.label == "Cancel")


def test_a_ranking_made_here_can_be_chosen_beside_that_of_the_zoo(demo_area, shipped_ranking):
    from geoseg.workspace.rankings import RANKINGS

    app = opened("models.py")
    next(button for button in app.button if button.label == "Judge 3 networks").click().run()
    (state,) = list_rankings()
    keep(shipped_ranking, ranking_folder(state.id))
    RANKINGS.change(state.id, status="finished")
    app = opened("models.py")
    box = next(box for box in app.selectbox if box.label == "Judged on")
    assert len(box.options) == 2
    box.select_index(1).run()
    assert not app.exception
    assert "judged on t1" in words(app)


def test_a_failed_ranking_says_why(demo_area):
    from geoseg.workspace.rankings import RANKINGS

    app = opened("models.py")
    next(button for button in app.button if button.label == "Judge 3 networks").click().run()
    RANKINGS.change(list_rankings()[0].id, status="failed", message="the disk is full")
    app = opened("models.py")
    assert any("the disk is full" in error.value for error in app.error)


def test_a_damaged_ranking_is_one_sentence(demo_area):
    path = ranking_path(None, "landslides", "s1s2")
    path.parent.mkdir(parents=True)
    path.write_text("{")
    app = opened("models.py")
    assert not app.exception
    assert "is no ranking of this version" in app.error[0].value


def test_a_greedy_choice_is_calibrated_from_the_start_and_warned_of_where_it_is_not(demo_area):
    from geoseg.models.combination import Ensembles, Fit, ensembles_path

    errors = {"calibration_error": 0.405, "calibration_error_calibrated": 0.01}
    fits = [Fit(combination="mean", size=size) for size in (1, 2, 3)]
    weights = {"members": ("Unet", "FPN"), "weights": (0.5, 0.5)}
    fits.append(Fit(combination="greedy", size=3, **weights, **errors))
    fitted = Ensembles(
        task="landslides", setting="s1s2", fitted_on="two made-up scenes", simulated=True,
        members=dict.fromkeys(("Unet", "FPN", "Linknet"), "0" * 64), fits=tuple(fits),
    )  # fmt: skip
    path = ensembles_path(None, "landslides", "s1s2")
    path.parent.mkdir(parents=True)
    path.write_text(fitted.to_json())
    app = opened("predict.py")
    group = next(g for g in app.get("button_group") if g.key == "combination_3")
    group.set_value("greedy").run()
    box = next(box for box in app.checkbox if box.label == "Calibrated probability")
    assert box.value is True
    assert not app.warning
    box.uncheck().run()
    assert "0.405 apart" in app.warning[0].value


def test_a_run_takes_what_was_fitted_for_its_zoo(demo_area):
    from geoseg.models.combination import Ensembles, Fit, ensembles_path
    from geoseg.workspace import list_runs, read_request

    fits = [Fit(combination="mean", size=size, temperature=1.5) for size in (1, 2, 3)]
    weights = {"members": ("Unet", "FPN"), "weights": (0.5, 0.5)}
    fits.append(Fit(combination="greedy", size=3, **weights))
    fitted = Ensembles(
        task="landslides", setting="s1s2", fitted_on="two made-up scenes", simulated=True,
        members=dict.fromkeys(("Unet", "FPN", "Linknet"), "0" * 64), fits=tuple(fits),
    )  # fmt: skip
    path = ensembles_path(None, "landslides", "s1s2")
    path.parent.mkdir(parents=True)
    path.write_text(fitted.to_json())
    app = opened("predict.py")
    assert "Fitted on two made-up scenes" in words(app)
    boxes = {box.label: box for box in app.checkbox}
    boxes["Calibrated probability"].check()
    boxes["Threshold by validation"].check()
    boxes["Flips and turns"].check().run()
    assert not app.error
    next(button for button in app.button if button.label == "Run").click().run()
    settings = read_request(list_runs()[0].id).settings
    assert (settings.calibrated, settings.turns) == (True, True)
    assert (settings.combination, settings.threshold_by) == ("mean", "validation")
