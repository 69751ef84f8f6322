"""A user's own bands and zoo -> a task, read off the member cards."""

from collections.abc import Sequence

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task


def custom_task(settings: dict[str, Sequence[tuple[str, str]]], feature: str = "feature") -> Task:
    """Build the task of a zoo that no declared task covers.

    Args:
        settings: For every setting its bands as (name, unit), in the members' order.
        feature: What is mapped, singular.
    """
    bands = {name: Band(name, name, unit) for rows in settings.values() for name, unit in rows}
    choices = tuple(
        Setting(setting, setting, tuple(name for name, _ in rows))
        for setting, rows in settings.items()
    )
    return Task(
        name="custom",
        title="Your own task",
        feature=feature,
        bands=tuple(bands.values()),
        settings=choices,
        classes=(
            ClassLabel(0, f"no {feature}", "#9aa0a6"),
            ClassLabel(1, feature, "#d7301f"),
        ),
        default_setting=choices[0].name if choices else "",
        help="Your own bands and members.",
    )
