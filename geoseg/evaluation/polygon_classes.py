"""Polygons of a map and the classes a user wants -> those that are the feature, in words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from geoseg.errors import SettingsError
from geoseg.stack.class_column import class_ids
from geoseg.tasks import Task
from geoseg.tasks.words import choose_words, key, listed

if TYPE_CHECKING:
    import geopandas

Classes = tuple[int, ...]


def chosen_polygons(
    frame: "geopandas.GeoDataFrame",
    every: "geopandas.GeoDataFrame",
    task: Task,
    name: str,
    *,
    positive: Sequence[int | str],
    option: str,
) -> tuple["geopandas.GeoDataFrame", Classes, tuple[str, ...]]:
    """Return the polygons that are the feature, the class of each, and how that was read.

    Args:
        frame: The polygons where the map is compared.
        every: All of the file, to find words that occur elsewhere only.
        task: What is mapped, and its legend.
        name: Of the file.
        positive: Words or numbers of one of the columns; empty takes the legend, or every polygon.
        option: Where the user gives them.

    Raises:
        SettingsError: No column holds the wanted words, or several do.
    """
    if not positive:
        classes, told = class_ids(frame, task, name)
        outside = "unknown" if 0 in classes else "none"
        words = f"{name}: {len(frame)} polygons, everything outside them counts as {outside}"
        return frame, classes, (words, told) if told else (words,)
    column, wanted = _column(every, name, positive, option)
    kept = frame[[key(value) in wanted for value in frame[column]]]
    rest = [value for value in frame[column] if key(value) not in wanted]
    against = f", {listed(rest)} as none" if rest else ""
    counted = listed(value for value in every[column] if key(value) in wanted)
    words = (
        f"{name}: {counted} in column {column} counts as {task.feature}{against}: {len(kept)} "
        "polygons, everything outside them counts as none"
    )
    return kept, (), (words,)


def _column(
    every: "geopandas.GeoDataFrame", name: str, positive: Sequence[int | str], option: str
) -> tuple[str, set[str]]:
    """Return the one column that holds all wanted words, and their keys."""
    columns = [str(column) for column in every.columns if column != every.geometry.name]
    found = {}
    for column in columns:
        wanted, lacking = choose_words(every[column], positive)
        if wanted and not lacking:
            found[column] = wanted
    if len(found) == 1:
        return next(iter(found.items()))
    words = ", ".join(map(str, positive))
    if found:
        raise SettingsError(
            f"several columns of {name} hold {words}: {', '.join(found)}; leave one of them in "
            f"the file, or choose words with {option} that one column holds"
        )
    held = "; ".join(f"{column}: {listed(every[column], 6)}" for column in columns)
    raise SettingsError(
        f"no column of {name} holds {words}; its columns hold {held or 'nothing'}, so choose "
        f"among these words with {option}"
    )
