"""Members that are ready -> what they compute in, and a sentence where *fast* gains nothing."""

from collections.abc import Sequence

from geoseg.inference.machine import NumberType, Precision, fast_may_be_faster
from geoseg.inference.member import Member

AS_EXACT = (
    "this processor has no bfloat16, so the networks compute in full float32: fast gives the same "
    "map as exact and takes as long"
)
SMALL = "the area is so small that its networks are not converted: they computed in full float32"


def computed_in(members: Sequence[Member]) -> tuple[NumberType, ...]:
    """Return the kinds of numbers the members compute in, each once; trees count as float32."""
    return tuple(sorted({getattr(member, "computes_in", "float32") for member in members}))


def fast_warning(precision: Precision) -> str:
    """Return a sentence to read before a run, "" where *fast* can be faster here."""
    gains = precision == "exact" or fast_may_be_faster()
    return "" if gains else f"Fast was chosen, but {AS_EXACT}."


def fast_note(precision: Precision, members: Sequence[Member]) -> str:
    """Return what became of *fast* in a run, "" where it was used or not asked for."""
    if precision == "exact" or "bfloat16" in computed_in(members):
        return ""
    return f"fast was asked for, but {SMALL if fast_may_be_faster() else AS_EXACT}"
