"""Numbers of a run -> plain sentences for readers who know the ground, not the statistics."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from geoseg.evaluation.by_ground import NOT_TOLD
from geoseg.evaluation.counts import why_undefined

HECTARE_M2, KM2_M2 = 1e4, 1e6

Metrics = Mapping[str, Any]


def area_words(area_m2: float) -> str:
    """Describe an area in the unit a person would take: '850 m²', '3.4 ha', '12.5 km²'."""
    if area_m2 < HECTARE_M2:
        return f"{area_m2:,.0f} m²"
    if area_m2 < KM2_M2:
        return f"{area_m2 / HECTARE_M2:,.1f} ha"
    return f"{area_m2 / KM2_M2:,.1f} km²"


def seconds_words(seconds: float) -> str:
    """Describe a time: '0.4 s', '45 s', '12 min', '3.1 h'."""
    if seconds < 10:  # noqa: PLR2004
        return f"{seconds:.1f} s"
    if seconds < 120:  # noqa: PLR2004
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"  # noqa: PLR2004


def count_words(count: int, feature: str) -> str:
    """Name so many features: 'no landslide', '1 landslide', '1,204 landslides'."""
    if count == 0:
        return f"no {feature}"
    return f"{count:,} {feature}{'' if count == 1 else 's'}"


def metric_words(metrics: Metrics, feature: str) -> list[dict[str, str]]:
    """Return for every metric its name, its value and what that means on the ground.

    Args:
        metrics: The content of metrics.json; None stands for undefined.
        feature: What was mapped, singular.
    """
    rows = []
    for key, (title, words) in _METRICS.items():
        value = metrics.get(key)
        if value is None:
            why = why_undefined(key).split(": ", 1)[1]
            rows.append({"title": title, "value": "undefined", "words": f"Undefined: {why}."})
        else:
            rows.append({
                "title": title,
                "value": f"{value:.3f}",
                "words": words.format(feature=feature, **_hundred(value)),
            })  # fmt: skip
    return rows


def error_words(metrics: Metrics, pixel_area_m2: float, feature: str) -> list[dict[str, str]]:
    """Return the four counts with their colours' names, pixels and area."""
    names = {
        "tp": f"Found: {feature} in the map and in the reference",
        "fp": f"False alarm: {feature} in the map only",
        "fn": f"Missed: {feature} in the reference only",
        "tn": "Rightly left out: in neither",
    }
    return [
        {
            "kind": key,
            "title": title,
            "pixels": f"{metrics[key]:,}",
            "area": area_words(metrics[key] * pixel_area_m2),
        }
        for key, title in names.items()
    ]


GROUNDS = {"unseen": "Unseen ground", "taught": "Taught ground"}


def ground_sentence(record: Metrics) -> str:
    """Say how much of the ground the networks knew, of the scores where there are some.

    Args:
        record: The content of run.json.
    """
    told = (record.get("metrics") or {}).get("ground") or record.get("ground") or {}
    return str(told.get("words", NOT_TOLD))


def ground_table(metrics: Metrics) -> list[dict[str, str]]:
    """Return the scores of unseen ground, taught ground and both; none where it is all one."""
    parts = {GROUNDS[name]: metrics.get(name) or {} for name in GROUNDS}
    if not all(part.get("pixels") for part in parts.values()):
        return []
    parts["Whole map"] = {**metrics, "pixels": sum(part["pixels"] for part in parts.values())}
    return [
        {
            "name": name,
            "pixels": f"{part['pixels']:,}",
            **{
                key: "undefined" if part[key] is None else f"{part[key]:.3f}"
                for key in ("precision", "recall", "f1", "iou", "mcc")
            },
        }
        for name, part in parts.items()
    ]


def class_words(metrics: Metrics) -> list[dict[str, str]]:
    """Return a row for every class that was scored on its own; none where one was mapped."""
    return [
        {
            "name": row["name"],
            "reference": f"{row['reference_pixels']:,}",
            "mapped": f"{row['mapped_pixels']:,}",
            **{
                name: "undefined" if row[name] is None else f"{row[name]:.3f}"
                for name in ("precision", "recall", "f1", "iou")
            },
        }
        for row in metrics.get("classes") or ()
    ]


def mixed_words(metrics: Metrics) -> list[str]:
    """Say in sentences where the classes of the feature were taken for each other."""
    rows, matrix = metrics.get("classes") or (), metrics.get("class_matrix")
    sentences = []
    for true in rows[1:]:
        whole = true["reference_pixels"]
        for mapped in rows[1:]:
            pixels = matrix[mapped["id"]][true["id"]] if matrix else 0
            if mapped is not true and pixels:
                part = _of_hundred(pixels / whole)
                sentences.append(
                    f"Of 100 pixels of {true['name']} in the reference, {part} are mapped as "
                    f"{mapped['name']}."
                )
    macro = metrics.get("macro_f1")
    if macro is not None:
        sentences.append(f"The mean F1 of the classes (macro F1) is {macro:.3f}.")
    return sentences


def class_sizes(names: Sequence[str], area_m2: Sequence[float]) -> list[str]:
    """Say how many outlines of every class there are, and their area; none for a single class.

    Args:
        names: Class of each outline.
        area_m2: Its area, square metres.
    """
    sizes: dict[str, list[float]] = {}
    for name, area in zip(names, area_m2, strict=True):
        sizes.setdefault(str(name), []).append(float(area))
    if len(sizes) < 2:  # noqa: PLR2004
        return []
    return [
        f"{count_words(len(areas), name)} ({area_words(sum(areas))})"
        for name, areas in sorted(sizes.items(), key=lambda item: -sum(item[1]))
    ]


def _hundred(share: float) -> dict[str, str]:
    """Return a share as so many of a hundred, and the rest; few are never told as none."""
    return {"part": _of_hundred(share), "rest": _of_hundred(1 - share)}


def _of_hundred(share: float) -> str:
    if 0 < share < 0.005:  # noqa: PLR2004
        return "fewer than 1"
    if 0.995 < share < 1:  # noqa: PLR2004
        return "more than 99"
    return str(int(100 * share + 0.5))


_METRICS = {
    "precision": (
        "Precision",
        "Of 100 pixels mapped as {feature}, {part} are so in the reference; {rest} are not.",
    ),
    "recall": (
        "Recall",
        "Of 100 {feature} pixels in the reference, {part} were found; {rest} were missed.",
    ),
    "f1": (
        "F1",
        "Precision and recall in one number, 1 at best; it is high only where both are.",
    ),
    "iou": (
        "Overlap (IoU)",
        "Of 100 pixels that the map or the reference calls {feature}, both agree on {part}.",
    ),
    "mcc": (
        "Correlation (MCC)",
        "1 is perfect, 0 is no better than chance, below 0 is worse; fair to rare features.",
    ),
    "balanced_accuracy": (
        "Balanced accuracy",
        "The mean of the shares rightly told, in the {feature} and outside it; chance gives 0.5.",
    ),
    "accuracy": (
        "Accuracy",
        "Of 100 pixels, {part} are right; where features are rare, an empty map gets this too.",
    ),
}


def sureness_words(
    probability: Sequence[float], area_m2: Sequence[float], feature: str
) -> list[dict[str, str]]:
    """Group outlines by how sure the networks are of them.

    Args:
        probability: Mean probability inside each outline.
        area_m2: Its area, square metres.
        feature: What was mapped, singular.

    Returns:
        Rows of words, number and area, the surest first.
    """
    rows, upper = [], math.inf
    for lowest, words in SURENESS:
        inside = [a for p, a in zip(probability, area_m2, strict=True) if lowest <= p < upper]
        upper = lowest
        rows.append({
            "words": words,
            "count": count_words(len(inside), feature),
            "area": area_words(sum(inside)),
        })  # fmt: skip
    return rows


SURENESS = (
    (0.8, "Sure: mean probability 80 % or more"),
    (0.6, "Likely: 60 to 80 %"),
    (-math.inf, "Doubtful: below 60 %; look at these before you use them"),
)
"""Least mean probability of a group of outlines -> what it is called."""


def combination_words(record: Metrics) -> dict[str, str]:
    """Say how the networks' answers became one map; records of older versions say little.

    Args:
        record: The content of run.json.

    Returns:
        Heading -> words.
    """
    settings, fitted = record["settings"], record.get("combination") or {}
    count, pool = len(record["members"]), settings["ensemble_size"]
    threshold = f"a pixel counts as {record['feature']} where the probability reaches it"
    words = {
        "Networks averaged": COMBINATIONS[settings.get("combination", "mean")].format(
            count=count, pool=pool
        ),
        "Threshold": f"{settings['threshold']:g}: {threshold}",
    }
    if settings.get("threshold_by") == "validation":
        words["Threshold"] += "; chosen for the highest F1 on validation scenes"
    if settings.get("turns"):
        words["Flips and turns"] = (
            "every network saw each tile in eight positions; mean of its answers"
        )
    if settings.get("calibrated"):
        words["Calibration"] = (
            f"the probability was corrected by a temperature of {fitted.get('temperature', 1):.2f}, "
            "fitted on validation scenes: above 1 makes it more cautious, below 1 surer"
        )
    if fitted.get("fitted_on"):
        words["Fitted on"] = fitted["fitted_on"]
    return words


COMBINATIONS = {
    "mean": "{count}, all alike",
    "greedy": "{count} of the best {pool}, taken one after the other as validation scenes gained by "
    "it; one taken several times counts so often",
    "weighted": "{count} of the best {pool}, by weights fitted on validation scenes",
}
"""Combination of a run -> how it is told."""
