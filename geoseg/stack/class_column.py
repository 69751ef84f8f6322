"""Polygons with a column of classes -> the class id of each, by the task's legend."""

from typing import TYPE_CHECKING

from geoseg.stack.columns import usual_columns
from geoseg.tasks import Task
from geoseg.tasks.words import ids_by_word, key, listed

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
    named = usual_columns(frame.columns, COLUMNS)
    if not named:
        return (), ""
    known = ids_by_word(task.classes)
    for column in named:
        words = [key(value) for value in frame[column]]
        if all(word in known for word in words):
            told = f"{name}: classes are read from column {column}"
            return tuple(known[word] for word in words), told
    legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
    odd = [value for value in frame[named[0]] if key(value) not in known]
    shown = listed((value if key(value) else "nothing" for value in odd), SHOWN)
    return (), (
        f"the column {named[0]} of {name} says {shown}, the classes are {legend}: every polygon "
        f"counts as {task.feature}"
    )
