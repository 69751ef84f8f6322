"""Distances between outlines -> sentences, the same in the app and in the report."""

from collections.abc import Mapping
from typing import Any

Part = Mapping[str, Any]


def outline_words(boundary: Part | None, objects: Part) -> list[str]:
    """Say how well outlines run: all of them by pixels, and those of the objects that were paired.

    The two differ where much was missed or is false: such an outline lies far from the next one.

    Args:
        boundary: Record of the outlines' pixels; None where it was not made.
        objects: Record of the objects.
    """
    return [*_all_outlines(boundary), *_pairs(objects)]


def _all_outlines(boundary: Part | None) -> list[str]:
    if not boundary or boundary["iou"] is None:
        return []
    strip = (
        f"of the strip of {boundary['width_m']:g} m inside the outlines, the share both sides have"
    )
    words = [f"Boundary IoU {boundary['iou']:.2f}: {strip}."]
    mean = boundary["mean_distance_m"]
    if mean is not None:
        words.append(
            f"From all outlines, those of missed and false objects too, it is {mean:,.0f} m to the "
            f"nearest outline of the other side on average; 95 % lie closer than "
            f"{boundary['p95_distance_m']:,.0f} m (distances above {boundary['reach_m']:,.0f} m are "
            "counted as that)."
        )
    return words


def _pairs(objects: Part) -> list[str]:
    mean = objects.get("mean_boundary_distance_m")
    if mean is None:
        return []
    words = (
        f"Where an object of the reference has a partner on the map, the two outlines lie "
        f"{mean:,.0f} m apart on average"
    )
    if objects.get("median_iou") is not None:
        words += f", and the median IoU of such pairs is {objects['median_iou']:.2f}"
    return [f"{words}."]
