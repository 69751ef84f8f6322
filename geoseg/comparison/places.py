"""Where a run is unsure, and where it disagrees with the reference -> lists of places to go to."""

from geoseg.comparison.finished import PROBABILITY, UNSURE
from geoseg.comparison.work import Work
from geoseg.evaluation.disagreement import LabelSettings, find_disagreements
from geoseg.evaluation.visits import VisitSettings, find_visits
from geoseg.exports.places import write_places

CONFUSION = "confusion.tif"


def list_places(work: Work) -> dict[str, int]:
    """Write places to visit and to label next; return how many of each there are."""
    most, counts = work.request.places, {"visits": 0, "label_next": 0}
    if work.run.path(UNSURE[0]) is not None:
        settings = VisitSettings(most=most)
        visits = find_visits(work.run.folder, settings, work.progress, work.cancelled)
        write_places(visits, work.folder, "visits")
        counts["visits"] = len(visits)
    if work.ground.reference is not None and work.run.is_run:
        probability = work.run.folder / PROBABILITY
        labels = LabelSettings(most=most)
        places = find_disagreements(
            work.folder / CONFUSION, probability, labels, work.progress, work.cancelled
        )
        write_places(places, work.folder, "label_next")
        counts["label_next"] = len(places)
    return counts
