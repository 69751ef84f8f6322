"""What can be mapped: one file a task, which declares it under its own name in capitals.

Users add their own without code: `own_tasks` reads them from the workspace.
"""

from importlib import import_module
from pkgutil import iter_modules

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


def _declared() -> dict[str, Task]:
    """Return the task of every file of this folder that declares one; landslides come first."""
    modules = [import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__)]
    found = [vars(module).get(module.__name__.rpartition(".")[2].upper()) for module in modules]
    tasks = [task for task in found if isinstance(task, Task)]
    tasks.sort(key=lambda task: (task is not LANDSLIDES, task.title))
    return {task.name: task for task in tasks}


TASKS: dict[str, Task] = _declared()
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
    "BEDROCK",
    "CUSTOM",
    "LANDSLIDES",
    "LOCAL_LANDSLIDES",
    "RAVINES",
    "TASKS",
    "WETLANDS",
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
