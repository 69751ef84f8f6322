"""Polygons with a column of classes -> the class id of each, by the task's legend."""

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
    columns = {str(column).lower(): column for column in frame.columns}
    found = next((columns[word] for word in COLUMNS if word in columns), None)
    if found is None:
        return (), ""
    known: dict[str, int] = {}
    for label in task.classes:
        known |= {str(label.id): label.id, f"{label.id}.0": label.id, label.name.lower(): label.id}
    words = [str(value).strip().lower() for value in frame[found]]
    legend = ", ".join(f"{label.id} {label.name}" for label in task.classes)
    if odd := sorted({word for word in words if word not in known}):
        shown = ", ".join(odd[:SHOWN]) + (", ..." if len(odd) > SHOWN else "")
        return (), (
            f"the column {found} of {name} says {shown}, the classes are {legend}: every polygon "
            f"counts as {task.feature}"
        )
    return tuple(known[word] for word in words), f"{name}: classes are read from column {found}"
