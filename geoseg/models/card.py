"""What is known of one member: choices, bands with training statistics, score, data, licence."""

import math
import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, field_serializer

from geoseg.errors import ModelError, SettingsError
from geoseg.models.footprint import Footprint
from geoseg.settings import Settings

ARCHITECTURES = (
    "Unet", "UnetPlusPlus", "MAnet", "Linknet", "FPN", "PSPNet", "PAN", "DeepLabV3", "DeepLabV3Plus",
)  # fmt: skip

TREES = ("CART", "RandomForest", "SegmentForest")
"""Members that are no networks: a tree, a forest over pixels, a forest over segments."""
RULES = "rules"
"""What a tree has in place of an encoder."""


def _known_or_nan(value: object) -> object:
    return math.nan if value is None else value


def _not_negative(value: float) -> float:
    if value < 0:
        raise ValueError("a standard deviation cannot be negative")
    return value


_LISTS_OF_NUMBERS = re.compile(r"\[\n[\s\d.,eE+\-\[\]]+\]")

Figure = Annotated[float, BeforeValidator(_known_or_nan)]
"""A number, NaN where nobody knows it; null in the card's file."""


class BandStatistics(Settings):
    """One band as the member saw it in training; standard deviation 0 means a constant band."""

    name: str
    unit: str = ""
    mean: Figure
    std: Annotated[Figure, AfterValidator(_not_negative)]

    @field_serializer("mean", "std", when_used="json")
    def _unknown_is_null(self, value: float) -> float | None:
        return None if math.isnan(value) else value

    @property
    def known(self) -> bool:
        """False where an imported member came without its training statistics."""
        return math.isfinite(self.mean) and math.isfinite(self.std)


class Card(Settings):
    """The JSON file beside a member's weights."""

    version: Literal[1] = 1
    name: str
    task: str
    setting: str
    architecture: str
    encoder: str
    options: dict[str, Any] = Field(default_factory=dict)
    """Further arguments of the architecture, e.g. encoder_depth and decoder_channels."""
    classes: int = Field(default=1, ge=1)
    class_names: tuple[str, ...] = Field(default=(), exclude_if=lambda names: not names)
    """Of task custom: its classes, the background first; empty where the task declares them."""
    bands: tuple[BandStatistics, ...] = Field(min_length=1)
    loss: str
    learning_rate: float
    recipe: str = ""
    validation_f1: float | None = Field(default=None, ge=0, le=1)
    trained_on: str
    simulated: bool
    """True where the training scenes were made by the simulator."""
    footprint: Footprint | None = Field(default=None, exclude_if=lambda value: value is None)
    """The ground that taught and judged it; None where nobody knows."""
    footprint_of: str = Field(default="", exclude_if=lambda name: not name)
    """In a file: the member beside it that learned on the very same ground, whose card tells it."""
    licence: str
    attribution: str = ""
    sha256: str

    def to_json(self) -> str:
        """Return the card as indented JSON, lists of numbers on one line each."""
        return _LISTS_OF_NUMBERS.sub(lambda found: " ".join(found[0].split()), super().to_json())

    @property
    def band_names(self) -> tuple[str, ...]:
        """The bands in the order the network reads them."""
        return tuple(band.name for band in self.bands)

    @property
    def has_statistics(self) -> bool:
        """True where the member can normalise its bands and so predict."""
        return all(band.known for band in self.bands)


def read_card(path: Path) -> Card:
    """Read a card.

    A card that names another one for its ground gets that one's; None where it is not beside it.

    Raises:
        ModelError: The file is missing or is not a card.
    """
    card = _read(path)
    if not card.footprint_of:
        return card
    beside = path.parent / f"{Path(card.footprint_of).name}.json"  # never another folder's
    known = card.footprint is None and beside.is_file()
    found = _read(beside).footprint if known else card.footprint
    return card.model_copy(update={"footprint": found, "footprint_of": ""})


def _read(path: Path) -> Card:
    try:
        return Card.from_json(path.read_bytes())
    except FileNotFoundError:
        raise ModelError(f"no card at {path}; expected a .json beside the weights") from None
    except SettingsError as error:
        raise ModelError(f"{path.name} is not a member's card: {error}") from error
