import pytest

from geoseg.ranking.rank import rank_zoo
from geoseg.ranking.settings import RankSettings
from tests.ranking.made_up import OneBand, area, task_of, zoo_of

MEMBERS = 12
SETTINGS = RankSettings(
    task="custom", setting="x", sizes=(3, 6), block=16, resamples=200,
    tiles={"size": 64, "overlap": 32},
)  # fmt: skip


@pytest.fixture(scope="session")
def areas():
    return [
        area("v1", "validation", MEMBERS, 1),
        area("v2", "validation", MEMBERS, 2, size=70),
        area("t1", "test", MEMBERS, 3),
    ]


@pytest.fixture(scope="session")
def ranked(areas):
    """Ranking and fits of twelve members on three scenes, with turns."""
    settings = SETTINGS.model_copy(update={"turns": True})
    return rank_zoo(zoo_of(MEMBERS), areas, task_of(MEMBERS), settings, load=OneBand)
