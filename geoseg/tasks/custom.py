"""A user's own bands and zoo -> a task, read off the member cards."""

from collections.abc import Sequence

from geoseg.tasks.declaration import YES_OR_NO, Band, ClassLabel, Setting, Task

COLOURS = ("#d7301f", "#2b8cbe", "#238b45", "#e6ab02", "#7b3294", "#e7298a", "#8c510a", "#01665e")
"""Of mapped classes, in turn."""


def custom_task(
    settings: dict[str, Sequence[tuple[str, str]]],
    feature: str = "feature",
    classes: Sequence[str] = (),
) -> Task:
    """Build the task of a zoo that no declared task covers.

    Args:
        settings: For every setting its bands as (name, unit), in the members' order.
        feature: What is mapped, singular.
        classes: Names of all classes, the background first; empty makes two of the feature.
    """
    names = tuple(classes) or (f"no {feature}", feature)
    bands = {name: Band(name, name, unit) for rows in settings.values() for name, unit in rows}
    choices = tuple(
        Setting(setting, setting, tuple(name for name, _ in rows))
        for setting, rows in settings.items()
    )
    return Task(
        name="custom",
        title="Your own task",
        feature=names[1] if len(names) == YES_OR_NO else feature,
        bands=tuple(bands.values()),
        settings=choices,
        classes=tuple(
            ClassLabel(number, name, COLOURS[(number - 1) % len(COLOURS)] if number else "#9aa0a6")
            for number, name in enumerate(names)
        ),
        default_setting=choices[0].name if choices else "",
        reference_positive=tuple(range(1, len(names))),
        help="Your own bands and members.",
    )
