"""Page Compare of a run of three classes: parts, colours, areas and points tell them apart."""

import pytest
import shapely

from geoseg.comparison.uploads import against_points
from geoseg.figures.styles import style
from geoseg.jobs import comparing
from geoseg.jobs.queue import submit_comparison
from geoseg.progress import never
from geoseg.tasks.ravines import RAVINES
from geoseg.ui import compare_objects
from geoseg.ui.sure_area import area_words
from geoseg.workspace import run_folder
from geoseg.workspace.comparisons import COMPARISONS
from geoseg.workspace.sub_areas import write_sub_areas
from tests.comparison import made_up
from tests.ui.made_up_ravines import make_ravine_run
from tests.ui.test_compare_judged import choose
from tests.ui.test_pages import opened

PLAIN = ["Area", "F1", "Precision", "Recall", "IoU", "MCC", "Pixels", "of the feature", "Few"]
OF_CLASSES = ["Macro F1", "F1, smooth ravine", "F1, sharp ravine"]


@pytest.fixture
def compared(home, tmp_path) -> str:
    run_id = make_ravine_run(home, tmp_path / "made")
    comparison_id = submit_comparison(run_id)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    return run_id


def draw_halves(run_id):
    west, south, east, north = made_up.GRID.lonlat_bounds
    middle = (south + north) / 2
    boxes = {"Upper": (west, middle, east, north), "Lower": (west, south, east, middle)}
    features = [
        {"type": "Feature", "properties": {"name": name},
         "geometry": shapely.box(*box).__geo_interface__}
        for name, box in boxes.items()
    ]  # fmt: skip
    write_sub_areas(run_id, {"type": "FeatureCollection", "features": features})


def texts(app):
    return " ".join(box.value for kind in ("markdown", "caption") for box in app.get(kind))


def test_drawn_areas_are_counted_by_class(compared):
    draw_halves(compared)
    app = opened("compare.py", run=compared, view="where")
    table = app.dataframe[0].value
    assert list(table) == [*PLAIN, *OF_CLASSES]
    assert table["F1, smooth ravine"].tolist() == pytest.approx([600 / 700, 0.0])
    assert table["Macro F1"].tolist() == pytest.approx([600 / 700, 0.0])
    assert "macro F1 0.43" in texts(app)
    assert "F1 0.93, precision 1.00, recall 0.88" in texts(app)
    choose(app, "where_class_drawn", "sharp ravine")
    assert "F1 0.00, precision undefined, recall 0.00." in texts(app)
    table = app.dataframe[0].value
    assert list(table) == [name.replace("feature", "class") for name in PLAIN]
    assert table["of the class"].tolist() == [0, 100]
    assert table["Few"].tolist() == [True, False]
    undefined = " ".join(text.value for text in app.markdown)
    assert (
        "Upper: F1 is undefined: neither the map nor the reference holds sharp ravine" in undefined
    )


def test_kinds_of_ground_are_counted_by_class(compared):
    app = choose(opened("compare.py", run=compared, view="where"), "where_way", "ground")
    assert list(app.dataframe[0].value) == [*PLAIN, *OF_CLASSES]
    choose(app, "where_class_ground", "smooth ravine")
    # Flat: ten columns of the smooth square, all found; steep: five of ten, and the sharp square.
    table = app.dataframe[0].value.set_index("Area")
    assert table["Recall"].tolist() == [1, 0.5]
    assert table["Precision"].tolist() == [1, 0.5]
    choose(app, "where_kind", "coverage")
    assert app.dataframe[0].value["of the class"].tolist() == [400]


def test_the_seven_colours_say_how_they_take_classes(compared):
    said = texts(opened("compare.py", run=compared, view="scores"))
    assert "A ravine counts as found only where the map holds its very class" in said
    assert "found as its class" in style("single_vs_ensemble", RAVINES.classes).help
    assert style("single_vs_ensemble", RAVINES.classes[:2]) == style("single_vs_ensemble")


def test_the_area_of_every_class_has_its_interval(compared):
    app = opened("compare.py", run=compared, view="sure")
    table = next(box.value for box in app.dataframe if "Corrected" in box.value)
    assert table["Class"].tolist() == [
        "ravine, any class", "no ravine", "smooth ravine", "sharp ravine",
    ]  # fmt: skip
    smooth = table["Corrected"][2]
    assert smooth.startswith("4.0 ha (")
    assert " to " in smooth
    assert table["User's accuracy"][3] == "undefined"
    assert area_words({"value": None, "low": None}) == "undefined"
    assert area_words({"value": 5.0, "low": None}) == "5 m²"


def test_points_show_which_class_is_taken_for_which(compared, tmp_path, monkeypatch):
    places = [made_up.corner(15.5, 15.5), made_up.corner(45.5, 45.5), made_up.corner(5.5, 5.5)]
    names = ["smooth ravine", "sharp ravine", "no ravine"]
    path = made_up.write_shapes(
        tmp_path / "p.gpkg", [shapely.Point(place) for place in places], **{"class": names}
    )
    found = against_points(run_folder(compared), "p.gpkg", path.read_bytes())
    assert found["at_point"]["class_matrix"] == [[1, 0, 0], [0, 1, 1], [0, 0, 0]]
    drawn = []
    monkeypatch.setattr(compare_objects, "_chart", lambda title, figure: drawn.append(title))
    compare_objects._show_points(found)
    assert drawn[2:] == ["At the point, class by class", "Within the tolerance, class by class"]
    del found["at_point"]["classes"], drawn[:]
    compare_objects._show_points(found)
    assert len(drawn) == 2


def test_one_class_shows_what_it_showed(finished_run):
    comparison_id = submit_comparison(finished_run)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    app = choose(opened("compare.py", run=finished_run, view="where"), "where_way", "ground")
    assert list(app.dataframe[0].value) == PLAIN
    keys = [group.key for group in app.get("button_group")]
    assert not any(key.startswith("where_class") for key in keys if key)
    assert "very class" not in texts(opened("compare.py", run=finished_run, view="scores"))
