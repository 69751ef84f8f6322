"""What a ranking found -> frozen objects with a JSON form that pages and reports read."""

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from geoseg.ranking.settings import RankSettings
from geoseg.settings import Settings


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


class Score(Settings):
    """Pooled pixels of a part, and F1 with its 95 % interval; undefined values are None."""

    tp: int
    fp: int
    fn: int
    tn: int
    precision: float | None
    recall: float | None
    f1: float | None
    low: float | None
    high: float | None

    @property
    def bias(self) -> float | None:
        """Mapped pixels over true ones: above 1 the map shows too much (Roebber 2009)."""
        true = self.tp + self.fn
        return (self.tp + self.fp) / true if true else None


class Difference(Settings):
    """How far one F1 is above another on the same pixels, with its 95 % interval."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def is_above(self) -> bool:
        """True where the whole interval lies above 0."""
        return self.low is not None and self.low > 0

    @property
    def is_below(self) -> bool:
        """True where the whole interval lies below 0."""
        return self.high is not None and self.high < 0


class AreaFacts(Settings):
    """One area that members were judged on."""

    name: str
    part: Literal["validation", "test"]
    pixels: int
    positives: int
    simulated: bool


class RankedMember(Settings):
    """One row of the ranking."""

    rank: int
    name: str
    architecture: str
    encoder: str
    loss: str
    learning_rate: float
    card_f1: float | None
    """Validation F1 of the card, which decides the rank."""
    sha256: str
    validation: Score | None = None
    test: Score | None = None


class SizePoint(Settings):
    """The mean of the first `size` members at 0.5."""

    size: int
    validation: Score | None = None
    test: Score | None = None


class Improvement(Settings):
    """One cell of the table of the single best against ensembles."""

    size: int
    score: Score
    gain: Difference
    percent: float | None
    """Gain in percent of the single best's F1."""


class Effect(Settings):
    """One level of a factor: mean difference of F1 from the mean of all levels."""

    level: str
    members: int
    effect: float
    low: float | None
    high: float | None


class Factor(Settings):
    """Architecture, loss or learning rate."""

    name: str
    share: float
    """Of the variance of F1 between members that only this factor explains."""
    levels: tuple[Effect, ...]


class Effects(Settings):
    """What the choices of training did to F1."""

    part: Literal["validation", "test"]
    members: int
    source: str
    factors: tuple[Factor, ...]


class Variant(Settings):
    """One way to put members together, judged."""

    combination: Literal["single", "mean", "greedy", "weighted"]
    size: int
    """Candidates; of the mean all are asked."""
    members: int
    """Different members that are asked."""
    turns: bool
    threshold_by: Literal["number", "validation"]
    threshold: float
    score: Score
    gain: Difference
    """Against the baseline of the ranking."""
    log_loss: float
    calibration_error: float
    temperature: float | None = None
    """Fitted on validation; None where nothing was."""
    log_loss_calibrated: float | None = None
    calibration_error_calibrated: float | None = None

    @property
    def asked(self) -> int:
        """How often a network is asked about a tile."""
        return self.members * (8 if self.turns else 1)


class BlockCounts(Settings):
    """Counts of the mean of the first `size` members, block by block, to compare settings."""

    size: int
    counts: tuple[tuple[int, int, int], ...]


class Histogram(Settings):
    """Pixels by probability of the mean of the first `size` members, in a thousand bins."""

    size: int
    positive: tuple[int, ...]
    negative: tuple[int, ...]


class Ranking(Settings):
    """Everything one pass over a zoo's setting found."""

    version: Literal[1] = 1
    made: str = Field(default_factory=_now)
    settings: RankSettings
    setting_title: str
    feature: str
    judged_on: Literal["validation", "test"]
    """The part that sizes, improvements and variants are judged on: test where there is one."""
    simulated: bool
    areas: tuple[AreaFacts, ...]
    blocks: int
    members: tuple[RankedMember, ...]
    sizes: tuple[SizePoint, ...]
    improvements: tuple[Improvement, ...]
    effects: tuple[Effects, ...]
    baseline: str
    variants: tuple[Variant, ...]
    block_counts: tuple[BlockCounts, ...]
    histograms: tuple[Histogram, ...]
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def areas_key(self) -> tuple[tuple[str, int], ...]:
        """Tells whether two rankings were judged on the same ground."""
        return tuple((a.name, a.pixels) for a in self.areas if a.part == self.judged_on)

    def score_of(self, size: int) -> Score | None:
        """Return the score of the mean of the first `size` members on the judged part."""
        for point in self.sizes:
            if point.size == size:
                return point.test if self.judged_on == "test" else point.validation
        return None
