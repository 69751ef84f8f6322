"""Every kind of layer has colours, and they mean what the legend says."""

from itertools import pairwise
from typing import get_args

import pytest

from geoseg.errors import SettingsError
from geoseg.figures.styles import KINDS, NO_DATA, hex_colour, rgba, style
from geoseg.tasks import LANDSLIDES, WETLANDS
from geoseg.web.layers import LayerKind


def luminance(colour: tuple[int, ...]) -> float:
    red, green, blue = colour[:3]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_kind_of_tile_has_a_style():
    assert set(KINDS) == set(get_args(LayerKind))


@pytest.mark.parametrize("kind", KINDS)
def test_a_table_holds_only_colours(kind):
    table = style(kind).table()
    assert all(0 <= part <= 255 for colour in table.values() for part in colour)
    assert all(len(colour) == 4 for colour in table.values())


@pytest.mark.parametrize("kind", [kind for kind in KINDS if not style(kind).discrete])
def test_a_ramp_has_as_many_steps_as_asked_and_keeps_its_ends(kind):
    look = style(kind)
    assert list(look.table(9)) == list(range(9))
    assert look.table(9)[0] == look.colormap[0][1]
    assert look.table(9)[8] == look.colormap[-1][1]


@pytest.mark.parametrize(
    "kind",
    ["probability", "spread", "agreement", "coverage", "entropy", "mutual_information", "band"],
)
def test_a_sequential_ramp_reads_in_grey_too(kind):
    light = [luminance(colour) for colour in style(kind).table(9).values()]
    steps = [b - a for a, b in pairwise(light)]
    assert all(step < 0 for step in steps) or all(step > 0 for step in steps)


def test_a_ramp_is_linear_between_its_stops():
    assert style("hillshade").table(3)[1] == (128, 128, 128, 255)


def test_the_error_map_has_the_colours_of_the_reference_work():
    table = style("confusion").table()
    hit, false_alarm, miss, rest = (table[value][:3] for value in (1, 2, 3, 4))
    assert max(hit) == hit[1]
    assert max(false_alarm) == false_alarm[0]
    assert max(miss) == miss[2]
    assert max(rest) - min(rest) < 20


@pytest.mark.parametrize("kind", ["classes", "confusion", "reference", "run_vs_run"])
def test_no_data_is_clear(kind):
    assert style(kind).table()[NO_DATA][3] == 0


@pytest.mark.parametrize("task", [LANDSLIDES, WETLANDS], ids=lambda task: task.name)
def test_a_task_colours_its_own_classes(task):
    look = style("classes", task.classes)
    assert look.legend == [(task.classes[1].name, task.classes[1].colour)]
    assert hex_colour(look.table()[1]) == task.classes[1].colour
    assert look.table()[0][3] == 0


def test_the_seven_colours_are_named_by_what_they_are():
    red, blue, magenta, green, yellow, cyan, white = (
        style("single_vs_ensemble").table()[value][:3] for value in range(1, 8)
    )
    assert max(red) == red[0]
    assert max(blue) == blue[2]
    assert min(magenta) == magenta[1]
    assert max(green) == green[1]
    assert min(yellow) == yellow[2]
    assert min(cyan) == cyan[0]
    assert white == (255, 255, 255)


def test_the_seven_words_name_the_two_maps():
    words = dict(style("run_vs_run").legend)
    assert len(words) == 7
    assert "first run right, second run missed it" in words


def test_colours_go_to_numbers_and_back():
    assert rgba("#0b6e4f", 7) == (11, 110, 79, 7)
    assert hex_colour(rgba("#0b6e4f")) == "#0b6e4f"


def test_an_unknown_kind_answers_with_the_known_ones():
    with pytest.raises(SettingsError, match="no map layer of kind 'heat'; choose one of probab"):
        style("heat")
