"""The finished run of the demo area that the first page leads through."""

from geoseg.jobs.queue import submit
from geoseg.pipeline.request import RunRequest
from geoseg.settings import RunSettings
from geoseg.tasks import find_task
from geoseg.workspace import RunState, ensure_demo_area, list_runs
from geoseg.workspace.areas import DEMO

SETTING, MEMBERS = "s1s2", 4
TITLE = "Guided tour: demo valley (simulated)"


def find_demo_run() -> RunState | None:
    """Return the newest run of the guided tour, finished ones before all others."""
    tours = [run for run in list_runs() if run.area_id == DEMO and run.title == TITLE]
    finished = [run for run in tours if run.status == "finished"]
    return next(iter(finished or tours), None)


def ensure_demo_run() -> str:
    """Return the id of the tour's run; submit it where none is finished or on its way.

    Called once when the app starts, so a failure is tried again at the next start only.
    """
    found = find_demo_run()
    if found is not None and found.status in ("finished", "queued", "running"):
        return found.id
    area = ensure_demo_area()
    settings = RunSettings(
        task=area.task,
        setting=SETTING,
        ensemble_size=MEMBERS,
        min_area_m2=find_task(area.task).min_area_m2,
    )
    request = RunRequest(
        rasters=area.rasters,
        settings=settings,
        bands=area.bands,
        reference=area.reference,
        positive=area.positive,
        title=TITLE,
        simulated=True,
    )
    return submit(request, area.id)
