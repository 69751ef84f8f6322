"""The zoo's cards -> the tasks a user can choose, their own zoo included."""

from collections.abc import Sequence

from geoseg.models.zoo import list_members
from geoseg.tasks import CUSTOM, Task, all_tasks, custom_task, find_task


def known_tasks() -> dict[str, Task]:
    """Return the declared tasks, those made in the app, and that of a zoo no task covers."""
    own = _own_task()
    return {**all_tasks(), CUSTOM: own} if own else all_tasks()


def known_task(name: str) -> Task:
    """Return a task by name.

    Raises:
        SettingsError: There is none of that name.
    """
    return known_tasks().get(name) or find_task(name)


def _own_task() -> Task | None:
    """Read the user's own task off the cards of its members."""
    cards = [member.card for member in list_members(task=CUSTOM)]
    settings: dict[str, Sequence[tuple[str, str]]] = {
        card.setting: [(band.name, band.unit) for band in card.bands] for card in cards
    }
    classes = next((card.class_names for card in cards if card.class_names), ())
    return custom_task(settings, classes=classes) if settings else None
