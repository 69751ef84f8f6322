"""Ranking folders on the server's disk: which zoo was judged on which areas, and what was found."""

from pathlib import Path

from pydantic import Field

from geoseg.ranking.files import RANKING
from geoseg.ranking.settings import RankSettings
from geoseg.settings import Settings
from geoseg.workspace.areas import Area
from geoseg.workspace.ledger import JobState, Ledger
from geoseg.workspace.zoos import SHIPPED


class RankingRequest(Settings):
    """Everything of one ranking that a user decides."""

    version: int = 1
    title: str = Field(min_length=1, max_length=160)
    zoo: str = SHIPPED
    models: Path | None = None
    """Folder of the zoo; None takes the one that comes with the product."""
    settings: RankSettings
    judging: tuple[Area, ...] = Field(min_length=1)
    """Areas with a reference that the networks did not learn from."""
    fitting: tuple[Area, ...] = ()
    """Other areas with a reference, to fit ensembles on; empty fits nothing."""


class RankingState(JobState):
    """Where a ranking stands; networks are counted."""

    zoo: str
    task: str
    setting: str


RANKINGS = Ledger("rankings", "ranking", RankingState)
ranking_folder, read_ranking_state = RANKINGS.folder, RANKINGS.read
list_rankings, cancel_ranking, delete_ranking = (
    RANKINGS.every,
    RANKINGS.request_cancel,
    RANKINGS.delete,
)


def create_ranking(request: RankingRequest) -> str:
    """Write the folder of a new queued ranking and return its id."""
    settings = request.settings
    return RANKINGS.create(
        request,
        title=request.title,
        zoo=request.zoo,
        task=settings.task,
        setting=settings.setting,
    )


def read_ranking_request(ranking_id: str) -> RankingRequest:
    """Return what the user asked for."""
    return RankingRequest.from_json(RANKINGS.request(ranking_id))


def rankings_of(zoo: str, task: str, setting: str) -> list[RankingState]:
    """Return the rankings of a zoo's setting that were asked for here, newest first."""
    return [
        state
        for state in list_rankings()
        if (state.zoo, state.task, state.setting) == (zoo, task, setting)
    ]


def ranking_file(ranking_id: str) -> Path:
    """Return where a finished ranking lies."""
    return ranking_folder(ranking_id) / RANKING
