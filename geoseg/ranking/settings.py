"""Choices of a ranking -> one frozen object."""

from typing import Literal

from pydantic import Field

from geoseg.settings import RunSettings, Settings, TileSettings

SIZES = (10, 20, 40)
"""Ensemble sizes of the published table."""


class RankSettings(Settings):
    """Every choice of one ranking."""

    version: Literal[1] = 1
    task: str = "landslides"
    setting: str
    sizes: tuple[int, ...] = SIZES
    """Ensemble sizes that are compared with the single best; those above the zoo are left out."""
    turns: bool = False
    """Also ask every member about the test areas in eight positions: nine times the work there."""
    block: int = Field(default=64, ge=8)
    """Side of the squares that are drawn anew for the intervals, pixels."""
    resamples: int = Field(default=1000, ge=100)
    seed: int = Field(default=0, ge=0)
    tiles: TileSettings = TileSettings()
    precision: Literal["exact", "fast"] = "exact"
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def run_settings(self) -> RunSettings:
        """Return how single members are asked: as in any run."""
        return RunSettings(
            task=self.task,
            setting=self.setting,
            tiles=self.tiles,
            precision=self.precision,
            device=self.device,
        )

    def sizes_of(self, members: int) -> tuple[int, ...]:
        """Return the sizes a zoo allows, rising: one, those asked for, all."""
        return tuple(sorted({1, members, *(size for size in self.sizes if 1 < size < members)}))
