"""metrics.json of a comparison -> what the report tells of it, in sentences and short tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geoseg.errors import ExportError
from geoseg.evaluation.area_estimate import SQUARES
from geoseg.evaluation.classes import rows_by_class
from geoseg.exports.outline_words import outline_words
from geoseg.exports.words import area_words, count_words
from geoseg.figures.styles import SEVEN_COLOURS

NAME = "metrics.json"
UNDEFINED = "undefined"

Content = Mapping[str, Any]


@dataclass(frozen=True)
class Findings:
    """What a comparison adds to the report; empty where there is none.

    Attributes:
        reference: Name of the reference.
        area: Sentences on the area corrected for the map's errors.
        single: Sentences on the single best network beside the ensemble.
        seven: Rows of the seven colours: colour, words, pixels, share.
        objects: Sentences on whole features found and missed.
        ground: Rows of scores by sub-area and kind of ground.
    """

    reference: str = ""
    area: Sequence[str] = ()
    single: Sequence[str] = ()
    seven: Sequence[Mapping[str, str]] = ()
    objects: Sequence[str] = ()
    ground: Sequence[Mapping[str, str]] = field(default_factory=list)


def read_findings(comparison: Path | None, feature: str) -> Findings:
    """Read what a finished comparison found.

    Args:
        comparison: Its folder; None for none.
        feature: What was mapped, singular.

    Raises:
        ExportError: The folder holds no comparison, or a damaged one.
    """
    if comparison is None:
        return Findings()
    try:
        content = json.loads((comparison / NAME).read_bytes())
    except FileNotFoundError:
        raise ExportError(
            f"no {NAME} in {comparison}; expected the folder that geoseg compare wrote"
        ) from None
    except ValueError as error:
        raise ExportError(f"{NAME} of {comparison} is damaged ({error}); compare again") from error
    if not content.get("reference"):
        return Findings()
    return Findings(
        reference=content["reference"],
        area=[
            *_area(content.get("area_estimate"), feature),
            *_areas_of_classes(content.get("area_by_class")),
        ],
        single=_single(content.get("seven_colours"), feature),
        seven=_seven(content.get("seven_colours")),
        objects=_objects(content.get("objects"), content.get("boundary"), feature),
        ground=_ground(content),
    )


def _area(estimate: Content | None, feature: str) -> list[str]:
    """Say how large the feature is in truth, as far as the map's errors let one know."""
    rows = [row for row in (estimate or {}).get("classes", ()) if row["name"] == feature]
    if not estimate or not rows:
        return []
    row = rows[0]
    value, low, high = (row["area_m2"][part] for part in ("value", "low", "high"))
    mapped = f"Counted by pixels the map shows {area_words(row['mapped_m2'])} of {feature}"
    if value is None:
        return [f"{mapped}; an area corrected for its errors is {UNDEFINED}.", *estimate["notes"]]
    corrected = f"corrected for its errors against the reference it is {area_words(value)}"
    if low is None or high is None:
        return [f"{mapped}; {corrected}. How sure that is, is {UNDEFINED}.", *estimate["notes"]]
    between = f"with 95 % confidence between {area_words(low)} and {area_words(high)}"
    told = [f"{mapped}; {corrected}, {between} (after Olofsson and others, 2014)."]
    if estimate["method"] == SQUARES:
        told.append(
            f"The interval comes from redrawing the {estimate['units']:,} squares of ground that the "
            "reference was cut into: neighbouring pixels err together."
        )
    return told


def _areas_of_classes(estimate: Content | None) -> list[str]:
    """Say the same of every class in a sentence each; nothing where one class was mapped."""
    return [_class_area(row) for row in (estimate or {}).get("classes", ())[1:]]


def _class_area(row: Content) -> str:
    value, low, high = (row["area_m2"][part] for part in ("value", "low", "high"))
    told = f"Of {row['name']} the map shows {area_words(row['mapped_m2'])}"
    if value is None:
        return f"{told}; the corrected area is {UNDEFINED}."
    told += f"; corrected it is {area_words(value)}"
    if low is None or high is None:
        return f"{told}."
    return f"{told}, with 95 % confidence between {area_words(low)} and {area_words(high)}."


def _single(seven: Content | None, feature: str) -> list[str]:
    if not seven:
        return []
    alone, together = (seven[side]["f1"] for side in ("first_scores", "second_scores"))
    first = f"{seven['first'][:1].upper()}{seven['first'][1:]}"
    by_colour = {row["colour"]: row["pixels"] for row in seven["colours"]}
    gained, lost = by_colour["cyan"], by_colour["yellow"]
    if "macro_f1" in seven["first_scores"]:
        macro = [seven[side]["macro_f1"] for side in ("first_scores", "second_scores")]
        told = (
            f"{first} by itself reaches F1 {_score(alone)} for a {feature} of any class, all "
            f"together {_score(together)}; as a mean of the classes (macro F1) it is "
            f"{_score(macro[0])} and {_score(macro[1])}."
        )
        gain = (
            f"Averaging gave {gained:,} pixels of {feature} their right class that it had missed "
            f"or taken for another, and lost {lost:,}."
        )
        return [told, gain]
    return [
        f"{first} by itself reaches F1 {_score(alone)}, all together {_score(together)}.",
        f"Averaging found {gained:,} pixels of {feature} that it had missed, and lost {lost:,}.",
    ]


def _seven(seven: Content | None) -> list[Mapping[str, str]]:
    return [
        {
            "colour": SEVEN_COLOURS.get(row["code"], "#262c32"),
            "words": row["meaning"],
            "pixels": f"{row['pixels']:,}",
            "share": UNDEFINED if row["share"] is None else f"{row['share']:.2%}",
        }
        for row in (seven or {}).get("colours", ())
    ]


def _objects(objects: Content | None, boundary: Content | None, feature: str) -> list[str]:
    """Say how many whole features were found, missed and made up."""
    if not objects:
        return []
    counts = objects["overlap"]
    there, drawn = counts["detected"] + counts["missed"], counts["confirmed"] + counts["false"]
    sentences = [
        (
            f"Counted as whole objects, the reference holds {count_words(there, feature)}: "
            f"{counts['detected']:,} were found, {counts['missed']:,} missed."
        ),
        (
            f"On the map, where the reference tells, lie {drawn:,} objects: {counts['confirmed']:,} lie "
            f"on one of the reference, {counts['false']:,} do not and are false alarms."
        ),
    ]
    rules = [f"{rule[:1].upper()}{rule[1:]}." for rule in objects.get("rules", ())]
    return [*sentences, *rules, *outline_words(boundary, objects)]


def _ground(content: Content) -> list[Mapping[str, str]]:
    """Return a row for every sub-area and kind of ground with pixels of the feature.

    Where classes are told apart, a row for each of them follows.
    """
    areas = [{"kind": "sub-area", **area} for area in content.get("areas") or ()]
    rows = [*areas, *(content.get("strata") or ())]
    every = [part for row in rows for part in (row, *rows_by_class(row))]
    return [_ground_row(row) for row in every if row["tp"] + row["fn"] + row["fp"]]


def _ground_row(row: Content) -> Mapping[str, str]:
    of_class = f": {row['class']}" if "class" in row else ""
    return {
        "kind": row["kind"],
        "name": row["name"] + of_class + (" (few pixels)" if row.get("small") else ""),
        "positives": f"{row['tp'] + row['fn']:,}",
        **{name: _score(row[name]) for name in ("precision", "recall", "f1")},
    }


def _score(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.2f}"
