"""Rectangles of a case: as large and as rocky as asked, apart, the same for the same chance."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoseg.errors import SettingsError
from geoseg.experiments.rectangles import cut_scenes, draw_case, inside, write_rectangles
from geoseg.simulate.scene import Scene, sea_grid
from geoseg.tasks.bedrock import BEDROCK
from geoseg.tasks.method import Rectangles

ROCKY = Rectangles("rocky", "two small rocky ones", 2, (0.04, 0.08), 0.7, True)
ANYWHERE = Rectangles("anywhere", "two small ones", 2, (0.04, 0.08))


def ground(size=120):
    """Return rock in the east, sediment in the west, water along the south."""
    reference = np.zeros((size, size), np.uint8)
    reference[:, size // 3 :] = 1
    reference[-size // 5 :] = 255
    return reference


@given(seed=st.integers(0, 10_000), rocky=st.booleans())
@settings(max_examples=25, deadline=None)
def test_rectangles_are_as_the_design_says_and_sides_never_touch(seed, rocky):
    design, reference = (ROCKY if rocky else ANYWHERE), ground()
    drawn = draw_case(reference, 10, design, np.random.default_rng(seed))
    assert len(drawn.teaching) == len(drawn.judging) == design.count
    for window in (*drawn.teaching, *drawn.judging):
        within = reference[window.toslices()]
        assert within.shape == (window.height, window.width)
        # Sides are whole pixels, so the area may be off by half a pixel on each.
        assert 0.035 < within.size * 1e-4 < 0.087
        assert (within == 1).any()
        assert (within == 255).mean() <= (0 if rocky else 0.5)
        assert not rocky or (within == 1).mean() >= 0.7
    both = [inside(reference.shape, side) for side in (drawn.teaching, drawn.judging)]
    assert not (both[0] & both[1]).any()


def test_the_same_chance_draws_the_same():
    first, again = (draw_case(ground(), 10, ROCKY, np.random.default_rng(3)) for _ in range(2))
    assert first == again


def test_an_area_without_room_answers_in_a_sentence():
    with pytest.raises(SettingsError, match="no room"):
        draw_case(np.full((60, 60), 255, np.uint8), 10, ROCKY, np.random.default_rng(0))


def scene():
    reference = ground(60)
    bands = np.arange(16 * 3600, dtype=np.float32).reshape(16, 60, 60)
    return Scene("whole", sea_grid(60, 10), bands, reference, 0, task=BEDROCK)


def test_a_cut_scene_keeps_its_ground_and_hides_the_labels_around():
    one = scene()
    drawn = draw_case(one.reference, 10, ROCKY, np.random.default_rng(1))
    cut = next(iter(cut_scenes(one, drawn.teaching, "training", around=8)))
    known = cut.reference != 255
    window = drawn.teaching[0]
    assert cut.name == "training1"
    assert known.sum() == (one.reference[window.toslices()] != 255).sum()
    col, row = ~one.grid.transform @ (cut.grid.transform.c, cut.grid.transform.f)
    top, left = round(row), round(col)
    height, width = cut.reference.shape
    assert (cut.bands == one.bands[:, top : top + height, left : left + width]).all()


def test_rectangles_are_written_where_they_lie(tmp_path):
    one = scene()
    drawn = draw_case(one.reference, 10, ROCKY, np.random.default_rng(1))
    path = tmp_path / "rectangles.gpkg"
    write_rectangles(path, one.grid, {"training": drawn.teaching, "evaluation": drawn.judging})
    frame = gpd.read_file(path)
    assert list(frame["part"]) == ["training"] * 2 + ["evaluation"] * 2
    window = drawn.teaching[0]
    assert frame.area[0] == pytest.approx(window.width * window.height * 100)
    assert frame.crs == one.grid.crs.to_wkt()
