"""Points on the page Train: what it offers, what it says of bad ones, and what goes to the queue."""

import pytest
from pyproj import Transformer

from geoseg.tasks import LANDSLIDES
from geoseg.training.ground import AreaDataset, PickedPoint
from geoseg.training.tree_settings import PICKED
from geoseg.ui import areas
from geoseg.ui.scenes import picking_scene
from geoseg.ui.train_points import points_target
from geoseg.workspace import save_area
from geoseg.workspace.picked_points import read_points_of, store_points
from geoseg.workspace.trainings import (
    TRAININGS,
    list_trainings,
    read_training_request,
    training_folder,
)
from tests.ui.conftest import GRID
from tests.ui.test_pages import opened, words
from tests.ui.test_scenes import described
from tests.ui.test_train_page import press


def places(rows, class_id):
    """Return points in the middles of pixels of the demo area, from its first column on."""
    to_degrees = Transformer.from_crs("EPSG:32632", "EPSG:4326", always_xy=True)
    middles = [GRID.transform @ (col + 0.5, row + 0.5) for col, row in enumerate(rows)]
    return [PickedPoint(*to_degrees.transform(*middle), class_id) for middle in middles]


POINTS = places((20, 21, 22), 1) + places((40, 41, 42), 0)


@pytest.fixture
def bare_area(demo_area):
    """The demo area without its reference, which people may teach by points."""
    changes = {"id": "bare", "title": "Bare", "kind": "upload", "reference": None}
    return save_area(demo_area.model_copy(update=changes))


def by_points(**address):
    app = opened("train.py", learn="points", **address)
    assert not app.exception
    return app


def labelled(elements, label):
    return next(one for one in elements if one.label == label)


def test_areas_without_a_reference_are_offered_too(bare_area):
    app = by_points()
    assert labelled(app.multiselect, "Study areas to learn from").options == [
        "Demo valley (simulated)", "Bare",
    ]  # fmt: skip
    assert labelled(app.multiselect, "Kinds of trees").options == ["One tree", "A forest"]
    assert "segments learns from whole patches" in words(app)


def test_the_reference_teaches_unless_points_are_asked_for(bare_area):
    app = opened("train.py")
    assert labelled(app.multiselect, "Study areas to learn from").options == [
        "Demo valley (simulated)"
    ]
    assert labelled(app.radio, "What to train").value == "one"


def test_points_go_to_the_queue_as_they_are_now(bare_area):
    store_points(bare_area, POINTS)
    app = press(by_points(area="bare"), "Train")
    assert not app.exception
    (state,) = list_trainings()
    request = read_training_request(state.id)
    (tree,) = request.trees
    assert (tree.method, tree.points, tree.member_name) == ("cart", PICKED, "cart-points")
    assert list(request.areas[0].points) == POINTS
    assert request.judging == ()
    store_points(bare_area, POINTS[:2])
    assert list(read_training_request(state.id).areas[0].points) == POINTS


def test_a_reference_of_the_areas_judges(demo_area, bare_area):
    store_points(bare_area, POINTS)
    app = by_points(area="bare")
    assert "every fifth point" in words(app)
    labelled(app.multiselect, "Study areas to learn from").set_value(["bare", "demo"]).run()
    assert "the reference of Demo valley" in words(app)
    press(app, "Train")
    request = read_training_request(list_trainings()[0].id)
    assert [area.id for area in request.judging] == ["demo"]


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        ([], "Bare holds 0 points of class 0 no landslide; at least 2 are needed"),
        (POINTS[:4], "Bare holds 1 point of class 0 no landslide"),
    ],
)
def test_points_that_cannot_teach_are_told_before_the_queue(bare_area, points, sentence):
    store_points(bare_area, points)
    app = by_points(area="bare")
    press(app, "Train")
    assert not app.exception
    assert sentence in app.error[0].value
    assert not list_trainings()


def test_a_file_takes_the_place_of_the_points(bare_area):
    store_points(bare_area, POINTS[:1])
    app = by_points(area="bare")
    rows = [f"{p.lon!r},{p.lat!r},{p.class_id}" for p in POINTS]
    content = "\n".join(["lon,lat,kind", *rows]).encode()
    labelled(app.file_uploader, "File of points").set_value(("a.csv", content, "text/csv")).run()
    labelled(app.text_input, "Column of the class (optional)").set_value("sort").run()
    press(app, "Use the points of this file")
    assert "the points have no column 'sort'" in app.error[0].value
    labelled(app.text_input, "Column of the class (optional)").set_value("kind").run()
    press(app, "Use the points of this file")
    assert not app.exception
    assert not app.error
    assert list(read_points_of("bare")) == POINTS
    # Another number draws the map anew.
    assert app.session_state["points_version"] == 1


def test_the_map_shows_every_band_and_counts_points_of_other_areas(demo_area, bare_area):
    store_points(demo_area, POINTS[:4])
    matches = areas.matches_of(bare_area.rasters, LANDSLIDES, {})
    target = points_target(bare_area, [demo_area], LANDSLIDES)
    scene = described(picking_scene(matches, LANDSLIDES, GRID, target))
    titles = [layer["title"] for layer in scene["backgrounds"]]
    assert titles[0].startswith("Radar")
    assert len(titles) == len(LANDSLIDES.bands) + 2
    assert scene["draw"]["url"] == "/api/v1/areas/bare/points"
    assert scene["draw"]["elsewhere"] == {"1": 3, "0": 1}
    assert [one["name"] for one in scene["draw"]["classes"]] == ["no landslide", "landslide"]


def test_a_training_of_points_says_what_teaches_and_what_checks(bare_area):
    store_points(bare_area, POINTS)
    app = press(by_points(area="bare"), "Train")
    training = app.query_params["training"]
    folder = training_folder(training) / "dataset"
    folder.mkdir()
    split = AreaDataset(training=(), validation=(), block_pixels=512, points=6)
    (folder / "split.json").write_text(split.to_json())
    TRAININGS.change(training, status="running", stage="growing trees", done=1, total=3)
    app = opened("train.py", training=training)
    assert "6 points to learn from, every fifth of them to check on." in words(app)
