"""What the user chose -> frozen, validated objects that are stored beside every result."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, model_validator

from geoseg.errors import SettingsError

STRIDE_OF_NETWORKS = 32
"""Pixels: tiles start on multiples of it, so that tiled and whole-image pooling line up."""

Threshold = Annotated[float, Field(gt=0, lt=1)]


class Settings(BaseModel):
    """Base of every choice: frozen, no unknown names, faults told as one sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **choices: Any) -> None:
        try:
            super().__init__(**choices)
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from error

    def to_json(self) -> str:
        """Return the choices as indented JSON; `from_json` gives the same object back."""
        return self.model_dump_json(indent=2)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read choices that `to_json` wrote.

        Raises:
            SettingsError: The text is not JSON or holds unknown or impossible choices.
        """
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise SettingsError(_sentence(error)) from error


class TileSettings(Settings):
    """How a raster of any size is cut for the networks; all numbers are pixels."""

    size: int = Field(default=256, ge=STRIDE_OF_NETWORKS, le=4096, multiple_of=STRIDE_OF_NETWORKS)
    overlap: int = Field(default=64, ge=0, multiple_of=STRIDE_OF_NETWORKS)

    @model_validator(mode="after")
    def _overlap_leaves_half_the_tile(self) -> Self:
        if self.overlap > self.size // 2:
            raise ValueError(f"overlap must be at most half the tile, {self.size // 2} pixels")
        return self


class RunSettings(Settings):
    """Every choice of one prediction run."""

    version: Literal[1] = 1
    task: str = "landslides"
    setting: str
    ensemble_size: int = Field(default=10, ge=1)
    members: tuple[str, ...] = ()
    """Names of the members to average; empty takes the first `ensemble_size` by validation F1."""
    combination: Literal["mean", "greedy", "weighted"] = "mean"
    """How the members become one map; all but the mean were fitted on validation scenes."""
    turns: bool = False
    """Ask every member about each tile in its eight positions, turned and mirrored."""
    calibrated: bool = False
    """Correct the probability by the one temperature fitted on validation scenes."""
    threshold: Threshold = 0.5
    threshold_by: Literal["number", "validation"] = "number"
    """`validation` takes the threshold of highest F1 on validation scenes in place of `threshold`,
    which holds it from then on."""
    min_area_m2: float = Field(default=0, ge=0)
    """Smaller outlines are left out, after widening where they are widened."""
    buffer_m: float = Field(default=0, ge=0, le=1000)
    """Outlines are widened by so much, and those of one class that then touch become one."""
    tiles: TileSettings = TileSettings()
    precision: Literal["exact", "fast"] = "exact"
    device: Literal["auto", "cpu", "cuda"] = "auto"
    fill: Literal["auto", "keep"] | FiniteFloat = "auto"
    """Numbers that stand for missing though no file says so: auto looks for them, keep takes all
    as measured, a number is the one."""


def _sentence(error: ValidationError) -> str:
    """Turn pydantic's list into 'setting NAME: what is wrong, got VALUE'."""
    faults = []
    for fault in error.errors():
        name = ".".join(str(part) for part in fault["loc"]) or "settings"
        text = fault["msg"].removeprefix("Value error, ")
        faults.append(f"{name}: {text}, got {fault.get('input')!r}")
    return "impossible choice: " + "; ".join(faults)
