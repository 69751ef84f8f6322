"""The outlines of a run -> which of them lie in known traps, as the task declares its rules."""

from typing import Any

import geopandas as gpd

from geoseg.evaluation.ground import ground_stack
from geoseg.evaluation.trap_settings import TrapSettings
from geoseg.evaluation.traps import tabulate_ground
from geoseg.exports.report_traps import trap_record
from geoseg.pipeline.plan import Plan
from geoseg.progress import Cancelled, Progress
from geoseg.tasks.traps import traps_of


def look_at_traps(
    plan: Plan, outlines: gpd.GeoDataFrame, progress: Progress, cancelled: Cancelled
) -> dict[str, Any] | None:
    """Return how many outlines each rule marks; None where the task knows no rules.

    Every band of the study area is asked, also those that the networks did not read.
    """
    if not traps_of(plan.task):
        return None
    request = plan.request
    stack = ground_stack(request.rasters, plan.task, plan.stack.grid, request.bands)
    table = tabulate_ground(outlines, stack, plan.task, progress, cancelled)
    return trap_record(table, TrapSettings.usual(plan.task))
