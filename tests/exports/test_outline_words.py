"""Distances between outlines are told with what they are distances of."""

from geoseg.exports.outline_words import outline_words

BOUNDARY = {
    "iou": 0.25, "width_m": 60.0, "reach_m": 1920.0, "mean_distance_m": 240.4,
    "p95_distance_m": 1200.0,
}  # fmt: skip
OBJECTS = {"mean_boundary_distance_m": 124.2, "median_iou": 0.61}


def test_the_two_distances_say_which_outlines_they_are_of():
    _, every, pairs = outline_words(BOUNDARY, OBJECTS)
    assert every.startswith("From all outlines, those of missed and false objects too, it is 240 m")
    assert "above 1,920 m are counted as that" in every
    assert "has a partner on the map, the two outlines lie 124 m apart on average" in pairs
    assert pairs.endswith("the median IoU of such pairs is 0.61.")


def test_what_is_undefined_is_not_told():
    nothing = {"mean_boundary_distance_m": None, "median_iou": None}
    assert outline_words(None, nothing) == []
    assert outline_words({**BOUNDARY, "iou": None}, nothing) == []
    (strip,) = outline_words({**BOUNDARY, "mean_distance_m": None}, nothing)
    assert strip.startswith("Boundary IoU 0.25: of the strip of 60 m")
