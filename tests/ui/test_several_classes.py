"""A run of several classes in the app: a layer for each class, its colours, and no slider."""

import pytest
from streamlit.testing.v1 import AppTest

from geoseg.ui import class_scores
from geoseg.ui.scenes import run_scene
from tests.ui.made_up_ravines import make_ravine_run


@pytest.fixture
def ravine_run(home, tmp_path) -> str:
    return make_ravine_run(home, tmp_path / "made")


def test_every_class_has_its_probability_and_nothing_follows_a_slider(ravine_run):
    scene = run_scene(ravine_run)
    titles = [layer.title for layer in scene.layers]
    assert "Probability: smooth ravine" in titles
    assert "Probability: sharp ravine" in titles
    assert "Probability: no ravine" not in titles
    assert scene.threshold is None
    assert len({layer.id for layer in scene.layers}) == len(scene.layers)


def test_the_classes_of_the_reference_stand_beside_the_map(ravine_run):
    scene = run_scene(ravine_run)
    titles = {layer.id: layer.title for layer in scene.layers}
    assert [titles[side] for side in scene.swipe] == ["Map of ravines", "Reference by class"]


def test_outlines_take_the_colours_of_the_classes(ravine_run):
    (outlines,) = run_scene(ravine_run).vectors
    assert outlines.colour_by == "class"
    assert outlines.colours == {"smooth ravine": "#fe9929", "sharp ravine": "#252525"}


def test_scores_show_every_class(ravine_run):
    app = AppTest.from_string(
        f"from geoseg.ui import scores; scores.show({ravine_run!r})", default_timeout=30
    ).run()
    assert not app.exception
    assert "Every class" in [head.value for head in app.subheader]
    assert "Macro F1" in [tile.label for tile in app.metric]
    table = app.dataframe[0].value
    assert list(table["Class"]) == ["no ravine", "smooth ravine", "sharp ravine"]
    assert list(table["F1"])[2] == "0.00"


def test_an_undefined_score_is_said_so():
    row = {"name": "x", "precision": None, "recall": 0.0, "f1": None, "iou": 0.0,
           "reference_pixels": 1200, "mapped_pixels": 0}  # fmt: skip
    (told,) = class_scores.class_rows({"classes": [row]})
    assert (told["Precision"], told["Pixels in the reference"]) == ("undefined", "1,200")
