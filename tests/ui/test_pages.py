"""Every page opens by the door, in an empty workspace and with a finished run, without torch."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

REPOSITORY = Path(__file__).resolve().parent.parent.parent
MENU = REPOSITORY / "pages" / "_menu.py"
PAGES = (
    "start.py", "study_area.py", "prepare.py", "predict.py", "compare.py", "correct.py", "results.py", "train.py", "models.py", "runs.py",
    "tasks.py",
)  # fmt: skip


def opened(page: str, **address: str) -> AppTest:
    app = AppTest.from_file(str(MENU), default_timeout=60).run()
    for name, value in address.items():
        app.query_params[name] = value
    return app.switch_page(page).run()


def words(app: AppTest) -> str:
    shown = [*app.title, *app.markdown, *app.caption, *app.info, *app.success, *app.error]
    return "\n".join(str(element.value) for element in shown)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_where_nothing_has_been_run(demo_area, page):
    app = opened(page)
    assert not app.exception
    assert not app.error
    assert app.title


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_with_a_finished_run(finished_run, page):
    app = opened(page)
    assert not app.exception
    assert not app.error


def test_compare_shows_the_scores_of_the_run(finished_run):
    tiles = {tile.label: tile.value for tile in opened("compare.py", view="scores").metric}
    assert tiles["F1"] == "0.75"
    assert tiles["Precision"] == tiles["Recall"] == "0.75"


def test_compare_says_what_a_reference_would_give(run_without_reference):
    app = opened("compare.py", run=run_without_reference, view="scores")
    assert not app.metric
    assert "no reference" in words(app)


def test_predict_offers_what_the_bands_and_the_zoo_allow(demo_area):
    app = opened("predict.py")
    assert app.radio[0].options == ["Radar only (Sentinel-1)", "Optical only (Sentinel-2)",
                                    "Radar and optical", "All fifteen bands"]  # fmt: skip
    assert app.radio[0].value == "s1s2"
    assert (app.slider[0].min, app.slider[0].max) == (1, 3)


def test_predict_says_so_where_no_network_is_trained(demo_area):
    app = opened("predict.py")
    app.radio[0].set_value("s1").run()
    assert not app.exception
    assert "No networks are trained" in app.warning[0].value


def test_run_puts_the_choices_in_the_queue_and_the_run_in_the_address(demo_area):
    from geoseg.workspace import list_runs, read_request

    app = opened("predict.py")
    app.slider[0].set_value(2).run()
    next(button for button in app.button if button.label == "Run").click().run()
    assert not app.exception
    run = list_runs()[0]
    request = read_request(run.id)
    assert app.query_params["run"] == run.id
    assert request.settings.ensemble_size == 2
    assert request.rasters == demo_area.rasters
    assert request.simulated


def test_a_waiting_run_can_be_cancelled_from_its_page(demo_area):
    from geoseg.workspace import list_runs

    app = opened("predict.py")
    next(button for button in app.button if button.label == "Run").click().run()
    next(button for button in app.button if button.label == "Cancel").click().run()
    assert not app.exception
    assert list_runs()[0].status == "cancelled"


def test_results_links_every_file(finished_run):
    from geoseg.workspace import products

    app = opened("results.py")
    text = words(app)
    assert all(file.name in text for file in products(finished_run))


def test_a_run_of_another_workspace_is_told_in_a_sentence(finished_run):
    app = opened("compare.py", run="20200101-000000-000000-00000000")
    assert not app.exception
    assert "no run" in app.warning[0].value


def test_a_failed_run_says_why(demo_area, finished_run):
    from geoseg.workspace import change_state

    change_state(finished_run, status="failed", message="the disk is full; free some space")
    app = opened("runs.py")
    assert not app.exception
    assert "the disk is full" in words(app)


@pytest.mark.parametrize("step", range(1, 8))
def test_every_step_of_the_tour_opens(finished_run, step):
    from geoseg.jobs.demo import TITLE
    from geoseg.workspace import change_state

    change_state(finished_run, title=TITLE)
    app = opened("start.py", step=str(step))
    assert not app.exception
    assert not app.error
    assert f"Step {step} of 7" in app.get("progress")[0].proto.text


def test_no_page_loads_torch(finished_run):
    code = (
        "import sys\n"
        "from streamlit.testing.v1 import AppTest\n"
        f"app = AppTest.from_file({str(MENU)!r}, default_timeout=60).run()\n"
        f"for page in {PAGES}:\n"
        "    app.switch_page(page).run()\n"
        "    assert not app.exception, (page, app.exception)\n"
        "sys.exit('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPOSITORY, check=False)
    assert done.returncode == 0


def test_networks_of_made_up_scenes_are_told_apart_on_real_ground(demo_area):
    from geoseg.workspace import save_area

    save_area(demo_area.model_copy(update={"simulated": False}))
    assert any("simulated scenes only" in warning.value for warning in opened("predict.py").warning)
    save_area(demo_area)
    app = opened("predict.py")
    assert not any("simulated scenes only" in warning.value for warning in app.warning)


@pytest.mark.parametrize("gains", [True, False])
def test_predict_says_where_fast_is_as_slow_as_exact(demo_area, monkeypatch, gains):
    monkeypatch.setattr("geoseg.inference.arithmetic.fast_may_be_faster", lambda: gains)
    app = opened("predict.py")
    assert "takes as long" not in words(app)
    app.button_group[0].set_value("Fast").run()
    assert not app.exception
    assert ("takes as long" in words(app)) != gains


@pytest.mark.parametrize("taught", [0, 40])
def test_views_of_the_whole_map_say_how_much_of_it_the_networks_knew(finished_run, taught):
    from geoseg.workspace import run_folder

    path = run_folder(finished_run) / "run.json"
    words = f"{taught} % of the mapped pixels taught the networks."
    record = json.loads(path.read_text()) | {
        "ground": {"known": True, "mapped": 100, "taught": taught, "words": words}
    }
    path.write_text(json.dumps(record))
    for view in ("where", "objects", "sure", "scores"):
        captions = [caption.value for caption in opened("compare.py", view=view).caption]
        told = any("count the whole map" in caption for caption in captions)
        assert told == (taught > 0 and view != "scores"), view
