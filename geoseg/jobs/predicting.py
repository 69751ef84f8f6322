"""A run's id -> its maps, made by the pipeline, with its state kept fresh."""

from geoseg import pipeline
from geoseg.comparison.ground import REFERENCE
from geoseg.files.partial import remove_leftovers
from geoseg.jobs.queue import submit_comparison
from geoseg.jobs.watch import RunWatch
from geoseg.pipeline.products import RECORD
from geoseg.progress import Cancelled
from geoseg.workspace import read_request, run_folder


def work(run_id: str, cancelled: Cancelled) -> None:
    """Make every product of a run; one with a reference is compared with it next.

    Raises:
        GeosegError: What stands in the way, or the wish to stop.
    """
    request = read_request(run_id)
    chosen = request.settings
    watch = RunWatch(run_id, len(chosen.members) or chosen.ensemble_size)
    pipeline.run(request, run_folder(run_id), watch, cancelled)
    if (run_folder(run_id) / REFERENCE).is_file():
        submit_comparison(run_id)


def is_done(run_id: str) -> bool:
    """Tell whether the run's record, its last file, was written."""
    return (run_folder(run_id) / RECORD).is_file()


def tidy(run_id: str) -> None:
    """Remove unfinished maps."""
    remove_leftovers(run_folder(run_id), sole=True)
