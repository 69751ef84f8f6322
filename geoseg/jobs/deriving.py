"""A derivation's id -> a GeoTIFF of predictors in its folder."""

import json
from typing import Any

from geoseg.errors import SettingsError
from geoseg.exports.derived import Heights, derive_canopy, derive_terrain
from geoseg.exports.derived_optical import OpticalSettings, derive_indices, find_scenes
from geoseg.jobs.watch import Watch
from geoseg.progress import Cancelled
from geoseg.workspace.derivations import (
    DERIVATIONS,
    FACTS,
    DerivationRequest,
    derivation_folder,
    predictors_file,
    read_derivation_request,
)
from geoseg.workspace.files import write_whole


def work(derivation_id: str, cancelled: Cancelled) -> None:
    """Derive the predictors.

    Raises:
        GeosegError: What stands in the way, or the wish to stop.
    """
    request = read_derivation_request(derivation_id)
    facts = DEEDS[request.kind](
        request, predictors_file(derivation_id), Watch(DERIVATIONS, derivation_id), cancelled
    )
    write_whole(derivation_folder(derivation_id) / FACTS, json.dumps(facts, indent=2))


def is_done(derivation_id: str) -> bool:
    """Tell whether the last file was written."""
    return (derivation_folder(derivation_id) / FACTS).is_file()


def _terrain(request: DerivationRequest, out: Any, watch: Watch, cancelled: Cancelled) -> Any:
    done = derive_terrain(
        request.rasters[0], request.names, out,
        height_unit_is="feet" if request.feet else request.height_unit,
        heights=Heights(request.lowest, request.highest), fill=request.fill, progress=watch,
        cancelled=cancelled,
    )  # fmt: skip
    return {"notes": done.notes, "warnings": done.warnings}


def _optical(request: DerivationRequest, out: Any, watch: Watch, cancelled: Cancelled) -> Any:
    settings = OpticalSettings(request.sensor, request.names, request.clear, fill=request.fill)
    done = derive_indices(find_scenes(request.rasters), settings, out, watch, cancelled)
    few = () if done.seen == 1 else (f"{1 - done.seen:.1%} of the pixels are clear in no scene",)
    return {"notes": done.notes, "warnings": few, "scenes": done.scenes}


def _canopy(request: DerivationRequest, out: Any, watch: Watch, cancelled: Cancelled) -> Any:
    if len(request.rasters) != 2:  # noqa: PLR2004
        raise SettingsError(
            f"canopy height needs a surface and a terrain model, got {len(request.rasters)} files"
        )
    surface, terrain = request.rasters
    notes = derive_canopy(
        surface, terrain, out, watch, cancelled,
        fill=request.fill, height_unit_is=request.height_unit,
    )  # fmt: skip
    return {"notes": notes, "warnings": ()}


DEEDS = {"terrain": _terrain, "optical": _optical, "canopy": _canopy}
