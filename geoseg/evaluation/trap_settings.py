"""What the user chose about known traps -> one frozen object, checked at birth."""

from typing import Literal, Self

from pydantic import Field, model_validator

from geoseg.errors import SettingsError
from geoseg.settings import Settings
from geoseg.tasks import Task
from geoseg.tasks.traps import Trap, traps_of

HALF = 0.5


class TrapChoice(Settings):
    """One rule: switched on or off, and the value it compares with."""

    name: str
    on: bool = True
    value: float | tuple[int, ...]


class TrapSettings(Settings):
    """Which rules mark outlines as likely false alarms; nothing is ever removed by them."""

    version: Literal[1] = 1
    rules: tuple[TrapChoice, ...] = ()
    share: float = Field(default=HALF, gt=0, le=1)
    """Of an outline that must meet a rule for it to be marked."""

    @classmethod
    def usual(cls, task: Task) -> Self:
        """Return every rule of a task as it is declared."""
        rules = (TrapChoice(name=t.name, on=t.on, value=t.value) for t in traps_of(task))
        return cls(rules=tuple(rules))

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) < len(names):
            raise ValueError(f"each rule counts once, got {', '.join(names)}")
        return self

    def chosen(self, task: Task) -> tuple[tuple[Trap, TrapChoice], ...]:
        """Return the rules that are switched on, as declared and as chosen.

        Raises:
            SettingsError: The task has no such rule, or the value does not fit it.
        """
        declared = {trap.name: trap for trap in traps_of(task)}
        for rule in self.rules:
            if rule.name not in declared:
                known = ", ".join(declared) or "none"
                raise SettingsError(
                    f"task {task.name} has no rule {rule.name!r}; its rules are {known}"
                )
            _check(declared[rule.name], rule)
        return tuple((declared[rule.name], rule) for rule in self.rules if rule.on)


def _check(trap: Trap, rule: TrapChoice) -> None:
    if isinstance(trap.value, tuple) != isinstance(rule.value, tuple):
        expected = "class ids" if isinstance(trap.value, tuple) else "one number"
        raise SettingsError(f"rule {trap.name}: expected {expected}, got {rule.value!r}")
    if isinstance(rule.value, tuple):
        return
    low, high, step = trap.scale
    steps = (rule.value - low) / step
    if not low <= rule.value <= high or abs(steps - round(steps)) > 1e-6:  # noqa: PLR2004
        raise SettingsError(
            f"rule {trap.name}: expected a number from {low:g} to {high:g} {trap.unit} in steps of "
            f"{step:g}, got {rule.value:g}"
        )
