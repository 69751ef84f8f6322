"""Corrections survive everything, are written in milliseconds, and become references."""

import threading
import time

import geopandas as gpd
import numpy as np
import pytest

from geoseg import workspace
from geoseg.errors import DiskError, GridError, ReferenceMapError, SettingsError, WorkspaceError
from geoseg.grid import Grid
from geoseg.stack.blocks import blocks
from geoseg.stack.reference import open_reference
from geoseg.tasks import LANDSLIDES
from geoseg.workspace import corrections as list_of
from geoseg.workspace import inventories
from geoseg.workspace.corrections import correct, correct_many, corrections, undo
from geoseg.workspace.inventories import inventory, inventory_file, to_look_at
from geoseg.workspace.places import places_files
from geoseg.workspace.references import (
    FIRST,
    reference_in_use,
    references,
    use_inventory,
    use_reference,
)
from geoseg.workspace.trainings import area_to_learn
from tests.workspace.made_up_run import drawn, made_up_run

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def run():
    return made_up_run()


def forget():
    """Start as a new process would."""
    list_of._memories.clear()


def test_a_run_nobody_touched_has_all_left_to_look_at(run):
    now = corrections(run)
    assert (now.number, now.to_undo, now.changed) == (0, 0, None)
    assert now.counts["unreviewed"] == 16
    assert len(inventory(run)) == 16
    with pytest.raises(SettingsError, match="no correction to take back"):
        undo(run)


def test_corrections_are_there_after_a_restart(run):
    correct(run, "accept", 1, note="seen in the field")
    correct(run, "reject", 2)
    correct(run, "redraw", 3, drawn(run, 8, 0, 3))
    new = correct(run, "draw", geometry=drawn(run, 2, 2, 1))
    assert (new.changed, new.changed_status) == (16 + 4, "drawn")
    before = corrections(run)
    forget()
    after = corrections(run)
    assert after == before
    assert after.states[1].note == "seen in the field"
    assert after.counts == {
        "unreviewed": 13, "accepted": 1, "rejected": 1, "redrawn": 1, "drawn": 1,
    }  # fmt: skip


def test_undo_goes_back_step_by_step_and_a_number_is_never_given_twice(run):
    first = correct(run, "draw", geometry=drawn(run, 2, 2, 1)).changed
    gone = undo(run)
    assert (gone.changed, gone.changed_status, gone.states) == (first, None, {})
    second = correct(run, "draw", geometry=drawn(run, 2, 2, 1)).changed
    assert second > first
    correct(run, "accept", 5)
    back = undo(run)
    assert (back.changed, back.changed_status) == (5, "unreviewed")
    with pytest.raises(WorkspaceError, match=rf"no polygon {first}; click one"):
        correct(run, "accept", first)


def test_a_deed_that_cannot_be_leaves_no_trace(run):
    for fault, deed in (
        (WorkspaceError, ("accept", 17)),
        (SettingsError, ("redraw", 1)),
        (SettingsError, ("redraw", 1, {"type": "Point", "coordinates": [0, 0]})),
        (GridError, ("redraw", 1, drawn(run, 500, 500))),
        (SettingsError, ("accept", 1, drawn(run, 1, 1))),
    ):
        with pytest.raises(fault):
            correct(run, *deed)
    assert corrections(run).number == 0
    assert not (workspace.run_folder(run) / list_of.LIST).exists()


def test_a_line_that_was_cut_short_never_counted(run):
    correct(run, "accept", 1)
    path = workspace.run_folder(run) / list_of.LIST
    with path.open("ab") as file:
        file.write(b'{"number":2,"action":"reject","poly')
    forget()
    assert corrections(run).number == 1
    correct(run, "reject", 3)
    for _ in range(2):
        assert {n: s.status for n, s in corrections(run).states.items()} == {
            1: "accepted", 3: "rejected",
        }  # fmt: skip
        forget()


def test_a_list_that_cannot_be_written_is_told(run):
    (workspace.run_folder(run) / list_of.LIST).mkdir()
    with pytest.raises(DiskError, match="cannot be saved: Is a directory; free some"):
        correct(run, "accept", 2)
    assert corrections(run).number == 0


def test_many_hands_at_once_lose_nothing(run):
    hands = [threading.Thread(target=correct, args=(run, "accept", n)) for n in range(1, 17)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert corrections(run).counts["accepted"] == 16
    forget()
    assert corrections(run).number == 16


def test_one_click_among_twenty_thousand_outlines_takes_milliseconds():
    run = made_up_run(across=142)
    corrections(run)
    seconds = []
    for polygon in range(1, 101):
        start = time.perf_counter()
        correct(run, "accept", polygon)
        seconds.append(time.perf_counter() - start)
    assert np.median(seconds) < 0.05
    start = time.perf_counter()
    path = inventory_file(run)
    assert time.perf_counter() - start < 10
    assert len(gpd.read_file(path)) == 142**2


@pytest.mark.parametrize("form", inventories.FORMS)
def test_an_inventory_is_a_file_beside_the_prediction_written_when_it_changed(run, form):
    correct(run, "reject", 2)
    correct(run, "draw", geometry=drawn(run, 2, 2, 1))
    path = inventory_file(run, form)
    assert path.is_relative_to(workspace.run_folder(run))
    frame = gpd.read_file(path)
    assert sorted(set(frame["status"])) == ["drawn", "unreviewed"]
    assert len(frame) == 16
    assert frame.set_index("status").loc["drawn", "mean_prob"] == pytest.approx(0.75)
    changed = path.stat().st_mtime_ns
    assert inventory_file(run, form).stat().st_mtime_ns == changed
    undo(run)
    newer = inventory_file(run, form)
    assert (newer != path, path.exists()) == (True, False)
    assert len(gpd.read_file(newer)) == 15


def test_an_unknown_form_is_named(run):
    with pytest.raises(WorkspaceError, match="no inventory 'dwg'; choose one of gpkg"):
        inventory_file(run, "dwg")


@pytest.fixture
def hill(home):
    folder = home / "files"
    folder.mkdir(parents=True)
    truth = folder / "truth.tif"
    truth.touch()
    area = workspace.Area(id="hill", title="Hill", rasters=(truth,), reference=truth, positive=(7,))
    return workspace.save_area(area)


def test_a_corrected_map_becomes_the_reference_and_the_old_one_comes_back(run, hill):
    with pytest.raises(ReferenceMapError, match="holds no outline"):
        use_inventory(run)
    correct(run, "accept", 1)
    correct(run, "accept", 6)
    area = use_inventory(run)
    assert workspace.get_area("hill") == area
    assert area.reference.is_relative_to(workspace.root() / "areas" / "hill")
    assert area.positive == ()
    assert area.reference.is_file()
    first, made = references("hill")
    assert (first.id, first.path, first.positive) == (FIRST, hill.reference, (7,))
    assert made.title == "Corrected map of My hill (2 outlines)"
    assert reference_in_use(area) == made.id
    back = use_reference("hill", FIRST)
    assert (back.reference, back.positive) == (hill.reference, (7,))
    assert reference_in_use(back) == FIRST
    assert use_reference("hill", made.id).reference == made.path
    with pytest.raises(WorkspaceError, match="not there any more"):
        use_reference("hill", "other")


def truth_of(area, run):
    grid = Grid.from_record(workspace.read_record(run)["grid"])
    with open_reference(area.reference, grid, LANDSLIDES, area.positive).open() as reader:
        return reader.read(next(blocks(grid)))


@pytest.mark.parametrize("unjudged", ["open", "feature"])
def test_networks_can_learn_from_a_corrected_map(run, hill, unjudged):
    correct(run, "accept", 1)
    correct(run, "reject", 2)
    correct(run, "draw", geometry=drawn(run, 9, 9, 3))
    expected = np.zeros((16, 16), np.uint8)
    for row, col in np.ndindex(4, 4):
        expected[4 * row : 4 * row + 2, 4 * col : 4 * col + 2] = 255 if unjudged == "open" else 1
    expected[:2, :2], expected[:2, 4:6], expected[9:12, 9:12] = 1, 0, 1
    expected[15] = 255
    area = use_inventory(run, unjudged)
    np.testing.assert_array_equal(truth_of(area, run), expected)
    assert area_to_learn(area).reference == area.reference


def test_outlines_nobody_judged_come_in_the_order_asked_for(run):
    assert to_look_at(run) == list(range(1, 17))
    correct(run, "accept", 1)
    correct(run, "reject", 3)
    correct(run, "reset", 3)
    assert to_look_at(run)[:2] == [2, 3]
    assert to_look_at(run, "least probable")[-1] == 16
    assert to_look_at(run, "networks disagree most") == list(range(2, 17))


def test_lists_of_places_are_made_once_beside_the_run(run):
    found = places_files(run, "visits")
    assert sorted(found) == ["csv", "gpkg", "gpx"]
    assert len(gpd.read_file(found["gpkg"])) > 0
    changed = found["csv"].stat().st_mtime_ns
    assert places_files(run, "visits")["csv"].stat().st_mtime_ns == changed
    with pytest.raises(ReferenceMapError, match="made without a reference"):
        places_files(run, "label_next")


def test_many_outlines_are_judged_at_once_and_taken_back_at_once(run):
    correct(run, "accept", 1)
    now = correct_many(run, "reject", [2, 3, 4], note="smaller than 500 m²")
    assert (now.number, now.counts["rejected"], now.to_undo) == (4, 3, 4)
    assert now.states[3].note == "smaller than 500 m²"
    with pytest.raises(WorkspaceError, match="no polygon 99"):
        correct_many(run, "accept", [5, 99])
    assert corrections(run).number == 4
    back = undo(run, 3)
    assert (back.counts["rejected"], back.counts["accepted"]) == (0, 1)
    with pytest.raises(SettingsError, match="are 1 corrections to take back, asked for 2"):
        undo(run, 2)


def test_twenty_thousand_at_once_take_seconds():
    run = made_up_run(across=142)
    start = time.perf_counter()
    assert correct_many(run, "accept", range(1, 142**2 + 1)).counts["unreviewed"] == 0
    assert time.perf_counter() - start < 10
    start = time.perf_counter()
    correct(run, "reject", 7)
    assert time.perf_counter() - start < 1
