"""What can be mapped: one declaration a task; adding a task is adding a file and a line here.

Users add their own without code: `own_tasks` reads them from the workspace.
"""

from geoseg.errors import SettingsError
from geoseg.tasks.bedrock import BEDROCK
from geoseg.tasks.custom import custom_task
from geoseg.tasks.declaration import Band, BandKind, ClassLabel, Setting, Task
from geoseg.tasks.landslides import LANDSLIDES
from geoseg.tasks.local_landslides import LOCAL_LANDSLIDES
from geoseg.tasks.method import PostProcessing, RecipeHint, Rectangles, Sampling
from geoseg.tasks.own import own_tasks
from geoseg.tasks.ravines import RAVINES
from geoseg.tasks.wetlands import WETLANDS

TASKS: dict[str, Task] = {
    task.name: task for task in (LANDSLIDES, WETLANDS, BEDROCK, RAVINES, LOCAL_LANDSLIDES)
}
CUSTOM = "custom"


def all_tasks() -> dict[str, Task]:
    """Return the declared tasks, then those the users of this workspace made."""
    own = {name: task for name, task in own_tasks().items() if name not in TASKS}
    return {**TASKS, **own}


def find_task(name: str) -> Task:
    """Return the task of that name, declared or a user's own.

    Raises:
        SettingsError: There is none; the sentence lists the known ones.
    """
    if name in TASKS:
        return TASKS[name]
    own = own_tasks()
    if name not in own:
        known = ", ".join([*TASKS, *own, CUSTOM])
        raise SettingsError(f"no task {name!r}; choose one of {known}")
    return own[name]


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
    "all_tasks",
    "custom_task",
    "find_task",
]
