"""Two runs and their union -> the union's run.json."""

from datetime import UTC, datetime
from typing import Any

from geoseg import __version__
from geoseg.evaluation.by_ground import mapped_words
from geoseg.exports.record import Record
from geoseg.pipeline.uniting_maps import Half, Pair, United
from geoseg.settings import RunSettings

TAKEN_OVER = (
    "version", "simulated", "task", "feature", "grid", "grid_words", "pixel_area_m2", "versions",
)  # fmt: skip
HOW = (
    "This map is the union of two runs: a pixel is mapped where one of them maps it, with the class "
    "of the run whose probability is higher; probability and spread are that run's."
)


def united_record(
    pair: Pair, settings: RunSettings, united: United, metrics: dict[str, Any] | None
) -> Record:
    """Return what run.json of a union tells; the number of outlines is put in once drawn."""
    first, second = pair.first.record, pair.second.record
    pixels = pair.grid.width * pair.grid.height
    return {
        **{name: first[name] for name in TAKEN_OVER if name in first},
        "geoseg": __version__,
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "simulated": pair.simulated,
        "summary": {
            "valid_pixels": united.valid_pixels,
            "valid_share": united.valid_pixels / pixels,
            "feature_area_m2": united.feature_area_m2,
            "polygons": None,
        },
        "metrics": metrics,
        "settings": settings.model_dump(mode="json"),
        "combination": None,
        "ground": pair.ground.record()
        | mapped_words(pair.ground, united.valid_pixels, united.taught_pixels),
        "members": pair.cards,
        "inputs": list(dict.fromkeys([*first["inputs"], *second["inputs"]])),
        "bands": second["bands"] | first["bands"],
        "reference": united.reference,
        "notes": [HOW, *dict.fromkeys([*first["notes"], *second["notes"]])],
        "warnings": list(dict.fromkeys([*first["warnings"], *second["warnings"]])),
        "united": [_part(pair.first), _part(pair.second)],
    }


def _part(half: Half) -> Record:
    record = half.record
    return {
        "title": half.title,
        "created": record["created"],
        "setting": record["settings"]["setting"],
        "members": [card["name"] for card in record["members"]],
        "summary": record["summary"],
        "metrics": record["metrics"],
    }
