"""Polygons with a column of classes -> the class id of each, by the task's legend."""

import unicodedata
from typing import TYPE_CHECKING

from geoseg.tasks import Task

if TYPE_CHECKING:
    import geopandas

COLUMNS = ("class", "class_id", "classid", "class_name", "label", "type", "category")
"""Names of a column of classes, without capitals, the likeliest first."""
SHOWN = 3


def class_ids(
    frame: "geopandas.GeoDataFrame", task: Task, name: str
) -> tuple[tuple[int, ...], str]:
    """Return the class id of every polygon, and one sentence on the column.

    Args:
        frame: Polygons with their attributes.
        task: Its legend says what ids and names there are.
        name: Of the file.

    Returns:
        No ids where there is no such column, or it tells of something else than the legend.
    """
    columns = {str(column).strip().lower(): column for column in frame.columns}
    named = [columns[word] for word in COLUMNS if word in columns]
    if not named:
        return (), ""
    known = ids_by_word(task)
    for column in named:
        words = [word_of(value) for value in frame[column]]
        if all(word in known for word in words):
            told = f"{name}: classes are read from column {column}"
            return tuple(known[word] for word in words), told
    odd = sorted({word_of(value) for value in frame[named[0]]} - set(known))
    shown = ", ".join(odd[:SHOWN]) + (", ..." if len(odd) > SHOWN else "")
    legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
    return (), (
        f"the column {named[0]} of {name} says {shown}, the classes are {legend}: every polygon "
        f"counts as {task.feature}"
    )


def ids_by_word(task: Task) -> dict[str, int]:
    """Return what a table may write for each class of the legend -> its id."""
    known: dict[str, int] = {}
    for label in task.classes:
        known |= {str(label.id): label.id, word_of(label.name): label.id}
    return known


def word_of(value: object) -> str:
    """Return a value of a table as it is looked up: without capitals, 1 for 1.0 and '1.00'.

    Letters with marks are one sign, however a program wrote them.
    """
    word = " ".join(unicodedata.normalize("NFC", str(value)).casefold().split())
    try:
        number = float(word)
    except ValueError:
        return word
    return str(int(number)) if number.is_integer() else word
