"""Rows of ours beside those of an article -> Markdown as the article prints it, and a long CSV."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from geoseg.exports.disk import whole

MARKDOWN, CSV = "table.md", "table.csv"
CSV_HEAD = ("table", "row", "column", "simulated", "published")
DIFFER = (
    "The data differ: ours are simulated, the article's are real. Ours tell whether the method "
    "works from end to end, not how well it maps real ground; compare the order of the rows, not "
    "the values."
)
UNDEFINED, NOT_THERE = "undefined", "-"

Numbers = Mapping[str, float | None]


@dataclass(frozen=True)
class Column:
    """One number of a row.

    Attributes:
        key: Its name in a row.
        title: Its heading.
        form: How it is printed, as after the colon of a format string.
    """

    key: str
    title: str
    form: str = ".2f"


@dataclass(frozen=True)
class Row:
    """One line: ours, and the article's where it has one.

    Attributes:
        names: A cell for each of the table's labels.
        ours: Column's key -> number; None where it is undefined.
        published: The same of the article; what it does not tell is missing.
    """

    names: tuple[str, ...]
    ours: Numbers
    published: Numbers = field(default_factory=dict)


@dataclass(frozen=True)
class ResultTable:
    """A table of an article, made again.

    Attributes:
        title: With the number it has in the article.
        labels: Headings of the cells that name a row.
        columns: Headings of its numbers.
        rows: From top to bottom.
        notes: Plain sentences below it.
    """

    title: str
    labels: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def markdown(self) -> str:
        """Return the table; each number stands before the published one in brackets."""
        heads = (*self.labels, *(f"{column.title} (published)" for column in self.columns))
        lines = [f"| {' | '.join(heads)} |"]
        lines.append(f"|{'---|' * len(self.labels)}{'---:|' * len(self.columns)}")
        for row in self.rows:
            cells = (*row.names, *(_cell(row, column) for column in self.columns))
            lines.append(f"| {' | '.join(cells)} |")
        notes = "".join(f"\n\n{note}" for note in self.notes)
        return f"## {self.title}\n\n" + "\n".join(lines) + notes

    def records(self) -> list[dict[str, object]]:
        """Return a record for every number."""
        return [
            {
                "table": self.title,
                "row": ", ".join(row.names),
                "column": column.title,
                "simulated": row.ours.get(column.key),
                "published": row.published.get(column.key),
            }
            for row in self.rows
            for column in self.columns
        ]


def _cell(row: Row, column: Column) -> str:
    theirs = row.published.get(column.key)
    brackets = NOT_THERE if theirs is None else format(theirs, column.form)
    if column.key not in row.ours:
        return f"{NOT_THERE} ({brackets})"
    ours = row.ours[column.key]
    return f"{UNDEFINED if ours is None else format(ours, column.form)} ({brackets})"


def as_markdown(title: str, tables: Sequence[ResultTable], words: str) -> str:
    """Return a page with all tables of an experiment, beginning with what they are worth."""
    parts = (f"# {title}", DIFFER, words, *(table.markdown() for table in tables))
    return "\n\n".join(parts) + "\n"


def write_tables(folder: Path, page: str, tables: Sequence[ResultTable]) -> None:
    """Write table.md and table.csv.

    Args:
        folder: Where.
        page: From `as_markdown`.
        tables: The same tables.

    Raises:
        DiskError: The folder cannot be written.
    """
    with whole(folder / MARKDOWN) as target:
        target.write_text(page, encoding="utf-8")
    with whole(folder / CSV) as target, target.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, CSV_HEAD)
        writer.writeheader()
        writer.writerows(record for table in tables for record in table.records())
