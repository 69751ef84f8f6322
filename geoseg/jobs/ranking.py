"""A ranking's id -> every network of a zoo judged on study areas (torch, lazily)."""

from collections.abc import Sequence

from geoseg.errors import ReferenceMapError
from geoseg.jobs.watch import Watch
from geoseg.models.zoo import list_members
from geoseg.pipeline.plan import resolve_task
from geoseg.progress import Cancelled
from geoseg.ranking.areas import LabelledArea, Part, files_area
from geoseg.ranking.files import keep_in_zoo, write_ranking
from geoseg.ranking.trained import find_trained
from geoseg.tasks import Task
from geoseg.workspace.areas import Area
from geoseg.workspace.rankings import (
    RANKINGS,
    ranking_file,
    ranking_folder,
    read_ranking_request,
)
from geoseg.workspace.zoos import SHIPPED


def work(ranking_id: str, cancelled: Cancelled) -> None:
    """Judge the zoo; the fits go into a zoo of the workspace, never into the shipped one.

    Raises:
        GeosegError: What stands in the way, or the wish to stop.
    """
    from geoseg.ranking.rank import rank_zoo

    request = read_ranking_request(ranking_id)
    settings = request.settings
    task = resolve_task(settings.task, request.models)
    members = list_members(request.models, settings.task, settings.setting)
    areas = _open(request.fitting, "validation", task, settings.setting)
    areas += _open(request.judging, "test", task, settings.setting)
    ranking, ensembles = rank_zoo(
        members,
        areas,
        task,
        settings,
        trained=find_trained([member.weights for member in members], settings.setting),
        progress=Watch(RANKINGS, ranking_id),
        cancelled=cancelled,
    )
    write_ranking(ranking, ensembles, ranking_folder(ranking_id))
    if request.zoo != SHIPPED and ensembles is not None:
        keep_in_zoo(ranking, ensembles, request.models)


def is_done(ranking_id: str) -> bool:
    """Tell whether the ranking was written."""
    return ranking_file(ranking_id).is_file()


def _open(areas: Sequence[Area], part: Part, task: Task, setting: str) -> list[LabelledArea]:
    opened = []
    for area in areas:
        if area.reference is None:
            raise ReferenceMapError(
                f"{area.title} has no reference, so nothing can be judged there; add one on the "
                "page Study area"
            )
        found = files_area(
            area.rasters, area.reference, task, setting, bands=area.bands,
            positive=area.positive, name=area.title, part=part,
        )  # fmt: skip
        opened.append(found)
    return opened
