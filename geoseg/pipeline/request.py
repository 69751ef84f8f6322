"""What a run needs to know: rasters, choices, reference -> one frozen object with a JSON form."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from geoseg.names import readable
from geoseg.settings import RunSettings, Settings

Input = Annotated[Path, AfterValidator(readable)]


class RunRequest(Settings):
    """Everything of one run that a user decides."""

    version: Literal[1] = 1
    rasters: tuple[Input, ...] = Field(min_length=1)
    settings: RunSettings
    bands: dict[str, str] = Field(default_factory=dict)
    """Band name -> `BandSource.key`, where the user overrides what matching finds."""
    models: Path | None = None
    """Folder of members; None takes the zoo that comes with the product."""
    reference: Input | None = None
    positive: tuple[int, ...] = ()
    """Class ids of a land-cover reference that count as the feature; empty takes the task's."""
    aoi: Input | None = None
    title: str = ""
    simulated: bool = False

    def absolute(self) -> "RunRequest":
        """Return the request with full paths, so that another process may work on it."""
        paths = {
            name: None if path is None else path.absolute()
            for name, path in (
                ("models", self.models), ("reference", self.reference), ("aoi", self.aoi),
            )
        }  # fmt: skip
        rasters = tuple(path.absolute() for path in self.rasters)
        return self.model_copy(update={**paths, "rasters": rasters})
