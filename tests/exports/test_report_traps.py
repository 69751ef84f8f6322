"""Outlines in known traps are told in numbers and words."""

import numpy as np
import pandas as pd
import pytest

from geoseg.evaluation.trap_settings import TrapSettings
from geoseg.evaluation.traps import Bins, TrapTable
from geoseg.exports.report_traps import trap_record, trap_rows, trap_sentences
from geoseg.tasks import LANDSLIDES
from geoseg.tasks.traps import traps_of
from tests.exports.test_report import classes, read, run_folder  # noqa: F401 - fixtures


@pytest.fixture
def table():
    """Three outlines of ten pixels: all in water, half in water, none."""
    water = next(trap for trap in traps_of(LANDSLIDES) if trap.name == "water")
    bins = Bins.of(water)
    counts = np.zeros((3, bins.count), np.int32)
    counts[:, 7], counts[:, 1] = (10, 5, 0), (0, 5, 10)
    outlines = pd.DataFrame({"id": [1, 2, 3], "area_m2": [3000.0, 2000.0, 1000.0]})
    return TrapTable(LANDSLIDES, outlines, np.full(3, 10), {bins: counts}, ("no band slope",))


def test_marks_are_counted_with_their_area(table):
    record = trap_record(table, TrapSettings.usual(LANDSLIDES))
    assert (record["outlines"], record["marked"], record["marked_area_m2"]) == (3, 2, 5000)
    water = next(rule for rule in record["rules"] if rule["name"] == "water")
    assert (water["marked"], water["area_m2"]) == (2, 5000)
    assert record["largest"] == {"1": ["over water"], "2": ["over water"]}
    assert "2 landslides of 3, 5,000 m² in all" in trap_sentences(record, "landslide")[0]
    assert "not removed" in trap_sentences(record, "landslide")[1]
    assert trap_rows(record)[0]["title"] == "Over water"


def test_a_higher_share_marks_fewer(table):
    usual = TrapSettings.usual(LANDSLIDES)
    record = trap_record(table, usual.model_copy(update={"share": 0.9}))
    assert record["marked"] == 1


def test_nothing_marked_and_nothing_asked_are_different_sentences(table):
    off = TrapSettings(rules=())
    assert "No rule could be asked" in trap_sentences(trap_record(table, off), "landslide")[0]
    dry = trap_record(table, TrapSettings.usual(LANDSLIDES)) | {"marked": 0}
    assert "None of the outlines" in trap_sentences(dry, "landslide")[0]


def test_the_report_tells_them(run_folder, table):  # noqa: F811
    traps = trap_record(table, TrapSettings.usual(LANDSLIDES))
    words = read(run_folder(), traps=traps).words
    assert "Likely false alarms 2 landslides of 3" in words
    assert "Over water Land cover is water 2 5,000 m²" in words
    assert "no band slope." in words
    assert words.count("over water") == 2
