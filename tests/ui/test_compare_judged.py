"""Scores, Where and Objects of the page Compare: what they say of a finished comparison."""

import pytest
import shapely

from geoseg.jobs import comparing
from geoseg.jobs.queue import submit_comparison
from geoseg.progress import never
from geoseg.workspace.comparisons import COMPARISONS
from geoseg.workspace.sub_areas import write_sub_areas
from tests.ui.conftest import GRID
from tests.ui.test_pages import opened


@pytest.fixture
def compared(finished_run):
    comparison_id = submit_comparison(finished_run)
    comparing.work(comparison_id, never)
    COMPARISONS.change(comparison_id, status="finished")
    return finished_run


def draw(run_id, share):
    """Draw one area over the left part of the map."""
    west, south, east, north = GRID.lonlat_bounds
    box = shapely.box(west, south, west + share * (east - west), north)
    feature = {"type": "Feature", "properties": {"name": "Left"}, "geometry": box.__geo_interface__}
    write_sub_areas(run_id, {"type": "FeatureCollection", "features": [feature]})


def choose(app, key, value):
    group = next(group for group in app.get("button_group") if group.key == key)
    group.set_value(value).run()
    assert not app.exception
    return app


def test_scores_show_the_seven_colours_and_the_notes(compared):
    app = opened("compare.py", run=compared, view="scores")
    texts = [text.value for text in app.markdown]
    assert any("Single best network and ensemble" in text for text in texts)
    assert any("How does it compare?" in text for text in texts)
    assert any("known in all three" in text.value for text in app.caption)


def test_a_drawn_area_is_counted_at_once(compared):
    app = opened("compare.py", run=compared, view="where")
    assert any("No area is drawn yet" in text.value for text in app.info)
    draw(compared, 0.5)
    app.run()
    assert not app.exception
    (table,) = app.dataframe
    assert table.value["Area"].tolist() == ["Left"]


def test_a_drawn_area_without_a_reference_tells_the_mapped_ground(run_without_reference):
    draw(run_without_reference, 1)
    app = opened("compare.py", run=run_without_reference, view="where")
    assert app.dataframe[0].value["Mapped"].tolist() == ["4.0 ha"]
    choose(app, "where_way", "ground")
    assert "With a reference you would see" in app.info[0].value


def test_kinds_of_ground_have_a_table_each(compared):
    app = choose(opened("compare.py", run=compared, view="where"), "where_way", "ground")
    assert len(app.dataframe) == 1
    choose(app, "where_kind", "coverage")
    assert app.dataframe[0].value["Area"].tolist() == ["every band"]


def test_objects_are_counted_both_ways(compared):
    app = opened("compare.py", run=compared, view="objects")
    shown = {tile.label: tile.value for tile in app.metric}
    assert (shown["Detected"], shown["Missed"], shown["False"]) == ("1", "0", "0")
    choose(app, "objects_how", "iou")
    assert {tile.label: tile.value for tile in app.metric}["Detected"] == "1"


def test_the_rules_for_objects_are_said_and_can_be_switched(compared):
    app = opened("compare.py", run=compared, view="objects")
    assert any("Outlines that touch, at a corner too, are one" in c.value for c in app.caption)
    for toggle in list(app.toggle):
        toggle.set_value(False)
    app.run()
    assert not app.exception
    assert not app.error
    assert any("Outlines that only touch are objects of their own" in c.value for c in app.caption)
    assert {tile.label: tile.value for tile in app.metric}["Detected"] == "1"


def test_lines_and_points_can_be_brought_without_a_reference(run_without_reference):
    app = opened("compare.py", run=run_without_reference, view="objects")
    assert "Lines and points of a file work without one" in app.info[0].value
    for way in ("lines", "points"):
        choose(app, "objects_way", way)
        assert not app.error
