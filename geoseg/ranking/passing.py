"""Members + labelled areas -> one pass: each member asked once, everything counted on the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from geoseg.inference.member import Member
from geoseg.inference.runtime import load_members
from geoseg.inference.turns import TurnedMember
from geoseg.models.zoo import ZooMember
from geoseg.progress import Cancelled, Event, Progress, stop_if
from geoseg.ranking.areas import LabelledArea, Part
from geoseg.ranking.asking import AreaGroup, Probability, shape_of_all
from geoseg.ranking.running import RunningMean
from geoseg.ranking.settings import RankSettings
from geoseg.ranking.store import Store

STAGE = "asking every network about the labelled areas"
VALIDATION: Part = "validation"
TEST: Part = "test"

Load = Callable[[ZooMember], Member]


@dataclass(eq=False)
class PartPass:
    """What the pass leaves of one part.

    Attributes:
        group: Its areas.
        running: Counts of every member and of every ensemble of the first K.
        store: All members' probabilities.
        turned: Those of the members asked in eight positions.
    """

    group: AreaGroup
    members: int
    fit: bool
    shown: Sequence[int]
    turns: bool
    running: RunningMean = field(init=False)
    store: Store = field(init=False)
    turned: Store | None = None

    def add(self, place: int, probability: Probability) -> None:
        """Take in the next member of the ranking."""
        if place == 0:
            pixels = self.group.known_pixels()
            self.running = RunningMean(pixels, self.fit, self.shown)
            self.store = Store(self.members, len(pixels.truth))
            self.turned = Store(self.members, len(pixels.truth)) if self.turns else None
        self.store.put(place, probability)
        self.running.add(probability)


Passed = dict[Part, PartPass]


def one_pass(
    members: Sequence[ZooMember],
    areas: Sequence[LabelledArea],
    settings: RankSettings,
    progress: Progress,
    cancelled: Cancelled,
    *,
    load: Load | None = None,
) -> Passed:
    """Ask every member once about every area, the best ranked first.

    Raises:
        GeosegError: A network or an area cannot be read, or the disk is full.
        RunCancelledError: `cancelled` answered True.
    """
    passed = _prepare(len(members), areas, settings)
    load = load or _loader(areas, settings, cancelled)
    run = settings.run_settings()
    for place, zoo_member in enumerate(members):
        stop_if(cancelled)
        progress(Event(STAGE, place, len(members), zoo_member.card.name))
        member = load(zoo_member)
        for part in passed.values():
            part.add(place, part.group.ask(member, run, cancelled))
            if part.turned is not None:
                turned = part.group.ask(TurnedMember(member), run, cancelled)
                part.turned.put(place, turned)
    progress(Event(STAGE, len(members), len(members)))
    return passed


def _prepare(members: int, areas: Sequence[LabelledArea], settings: RankSettings) -> Passed:
    groups = {part: [area for area in areas if area.part == part] for part in (VALIDATION, TEST)}
    judged = judged_part(areas)
    shown = settings.sizes_of(members)
    return {
        part: PartPass(
            AreaGroup(own, settings.block),
            members,
            fit=part == VALIDATION,
            shown=shown if part == judged else (),
            turns=settings.turns and part == judged,
        )
        for part, own in groups.items()
        if own
    }


def judged_part(areas: Sequence[LabelledArea]) -> Part:
    """Return test where there is a test area, else validation."""
    return TEST if any(area.part == TEST for area in areas) else VALIDATION


def _loader(areas: Sequence[LabelledArea], settings: RankSettings, cancelled: Cancelled) -> Load:
    run = settings.run_settings()
    shape = shape_of_all(areas)

    def load(member: ZooMember) -> Member:
        return load_members([member], run, shape, cancelled=cancelled)[0]

    return load
