"""The ground under the outlines of a run -> which of them lie in known traps, for record and report."""

from collections.abc import Mapping, Sequence
from typing import Any

from geoseg.evaluation.trap_settings import TrapSettings
from geoseg.evaluation.traps import TrapTable
from geoseg.exports.words import area_words, count_words
from geoseg.tasks import Task
from geoseg.tasks.traps import Trap

LARGEST = 12
"""So many outlines of the list have their marks named."""


def trap_record(table: TrapTable, settings: TrapSettings) -> dict[str, Any]:
    """Return what the rules mark, JSON-ready.

    Args:
        table: The ground under every outline, the largest first.
        settings: Which rules are on, with which values.
    """
    marks = table.marks(settings)
    hit = marks["traps"] != ""
    asked = [(trap, rule) for trap, rule in settings.chosen(table.task) if trap in table.available]
    titles = {trap.name: trap.title for trap, _ in asked}
    named = [names.split(", ") if names else [] for names in marks["traps"]]
    rules = []
    for trap, rule in asked:
        inside = [trap.name in names for names in named]
        rules.append({
            "name": trap.name,
            "title": trap.title,
            "words": rule_words(table.task, trap, rule.value),
            "marked": sum(inside),
            "area_m2": float(marks.loc[inside, "area_m2"].sum()),
        })  # fmt: skip
    return {
        "share": settings.share,
        "outlines": len(marks),
        "marked": int(hit.sum()),
        "marked_area_m2": float(marks.loc[hit, "area_m2"].sum()),
        "rules": rules,
        "largest": {
            str(number): [titles[name] for name in names]
            for number, names in zip(marks["id"][:LARGEST], named[:LARGEST], strict=True)
            if names
        },
        "notes": list(table.notes),
    }


def rule_words(task: Task, trap: Trap, value: float | tuple[int, ...]) -> str:
    """Return a rule as a person reads it; classes by name where the band has a legend."""
    band = next((band for band in task.bands if band.name == trap.band), None)
    legend = dict(band.legend) if band else {}
    if band is None or not isinstance(value, tuple) or not legend:
        return trap.words(value)
    return f"{band.title} is {' or '.join(legend.get(number, str(number)) for number in value)}"


def trap_sentences(traps: Mapping[str, Any], feature: str) -> list[str]:
    """Say how many outlines are marked, and that none was removed."""
    if not traps["rules"]:
        return ["No rule could be asked: the bands that it reads are not there."]
    if not traps["marked"]:
        return [f"None of the outlines meets a rule that tells a likely false alarm of {feature}."]
    return [
        (
            f"{count_words(traps['marked'], feature)} of {traps['outlines']:,}, "
            f"{area_words(traps['marked_area_m2'])} in all, lie where maps like this one are known to "
            f"err: at least {traps['share']:.0%} of each meets a rule."
        ),
        "They are marked, not removed: look at them before you use the map.",
    ]


def trap_rows(traps: Mapping[str, Any]) -> Sequence[Mapping[str, str]]:
    """Return every rule with what it marks."""
    return [
        {
            "title": f"{rule['title'][:1].upper()}{rule['title'][1:]}",
            "words": rule["words"],
            "marked": f"{rule['marked']:,}",
            "area": area_words(rule["area_m2"]),
        }
        for rule in traps["rules"]
    ]
