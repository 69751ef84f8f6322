"""Tables of experiments: ours beside the article's, nothing undefined as a number."""

import csv

import pytest

from geoseg.errors import SettingsError
from geoseg.experiments import ExperimentSettings, find_experiment
from geoseg.experiments.table import DIFFER, Column, ResultTable, Row, as_markdown, write_tables

TABLE = ResultTable(
    title="Table 3. Scores",
    labels=("setting", "class"),
    columns=(Column("f1", "F1"), Column("share", "Share", ".1%")),
    rows=(
        Row(("1", "smooth"), {"f1": 0.5, "share": 0.123}, {"f1": 0.68}),
        Row(("1", "sharp"), {"f1": None}, {"f1": 0.74, "share": 0.9}),
    ),
    notes=("A note.",),
)


def test_each_number_stands_beside_the_published_one():
    page = TABLE.markdown()
    assert "| setting | class | F1 (published) | Share (published) |" in page
    assert "| 1 | smooth | 0.50 (0.68) | 12.3% (-) |" in page
    assert "| 1 | sharp | undefined (0.74) | - (90.0%) |" in page
    assert page.endswith("A note.")


def test_the_page_says_that_the_data_differ_and_the_table_reads_back(tmp_path):
    page = as_markdown("Ravines", [TABLE], "Recipe quick.")
    write_tables(tmp_path, page, [TABLE])
    assert DIFFER in (tmp_path / "table.md").read_text()
    with (tmp_path / "table.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 4
    assert rows[0]["row"] == "1, smooth"
    assert (rows[0]["simulated"], rows[0]["published"]) == ("0.5", "0.68")
    assert rows[2]["simulated"] == ""


def test_an_unknown_experiment_answers_with_the_known_ones():
    with pytest.raises(SettingsError, match="choose one of"):
        find_experiment("glaciers")


def test_the_words_of_a_recipe_tell_the_steps():
    words = ExperimentSettings(max_steps=7).words
    assert "compact networks, ended after 7 steps" in words
