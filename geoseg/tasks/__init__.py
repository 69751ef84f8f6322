"""What can be mapped: one declaration a task; adding a task is adding a file and a line here."""

from geoseg.errors import SettingsError
from geoseg.tasks.bedrock import BEDROCK
from geoseg.tasks.custom import custom_task
from geoseg.tasks.declaration import Band, BandKind, ClassLabel, Setting, Task
from geoseg.tasks.landslides import LANDSLIDES
from geoseg.tasks.method import PostProcessing, RecipeHint, Rectangles, Sampling
from geoseg.tasks.ravines import RAVINES
from geoseg.tasks.wetlands import WETLANDS

TASKS: dict[str, Task] = {task.name: task for task in (LANDSLIDES, WETLANDS, BEDROCK, RAVINES)}
CUSTOM = "custom"


def find_task(name: str) -> Task:
    """Return the declared task of that name.

    Raises:
        SettingsError: There is none; the sentence lists the known ones.
    """
    if name not in TASKS:
        known = ", ".join([*TASKS, CUSTOM])
        raise SettingsError(f"no task {name!r}; choose one of {known}")
    return TASKS[name]


__all__ = [
    "CUSTOM",
    "TASKS",
    "Band",
    "BandKind",
    "ClassLabel",
    "PostProcessing",
    "RecipeHint",
    "Rectangles",
    "Sampling",
    "Setting",
    "Task",
    "custom_task",
    "find_task",
]
