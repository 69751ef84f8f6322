"""The words a task is declared in: bands, settings, classes."""

from dataclasses import dataclass, field
from enum import StrEnum

from geoseg.errors import SettingsError


class BandKind(StrEnum):
    """How a band may be resampled: measured values bilinear, ids and masks nearest."""

    CONTINUOUS = "continuous"
    CATEGORICAL = "categorical"
    MASK = "mask"


@dataclass(frozen=True)
class Band:
    """One layer the networks read.

    Attributes:
        name: Short name, as in file descriptions and member cards.
        title: What a geologist calls it.
        unit: Unit of the values as the networks were trained on; "" for ids and indices.
        help: What it tells about the ground, one sentence.
        kind: How it may be resampled.
        aliases: Further names it is recognised by, compared without case and punctuation.
        legend: What the ids of a band of classes mean, (id, name).
    """

    name: str
    title: str
    unit: str = ""
    help: str = ""
    kind: BandKind = BandKind.CONTINUOUS
    aliases: tuple[str, ...] = ()
    legend: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Setting:
    """A named choice of bands, in the order the networks read them."""

    name: str
    title: str
    bands: tuple[str, ...]
    help: str = ""


@dataclass(frozen=True)
class ClassLabel:
    """One class of the map: id as stored in classes.tif, name, colour '#rrggbb'."""

    id: int
    name: str
    colour: str


@dataclass(frozen=True)
class Task:
    """Everything the product needs to know to map one kind of feature.

    Attributes:
        name: Short name of the command line.
        title: Heading in the app.
        feature: What is mapped, singular, for sentences: "landslide".
        bands: Every band a setting may use, in the published file order.
        settings: The named choices of bands.
        classes: Legend; id 0 is the background, the others are mapped features.
        default_setting: The setting the app proposes first.
        min_area_m2: Polygons smaller than this are left out by default.
        reference_positive: Class ids that count as the feature where a reference is a land-cover
            map rather than a 0/1 map.
        help: One paragraph for the page.
    """

    name: str
    title: str
    feature: str
    bands: tuple[Band, ...]
    settings: tuple[Setting, ...]
    classes: tuple[ClassLabel, ...]
    default_setting: str
    min_area_m2: float = 0.0
    reference_positive: tuple[int, ...] = (1,)
    help: str = ""
    _by_name: dict[str, Band] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {band.name: band for band in self.bands})
        for setting in self.settings:
            for name in setting.bands:
                self.band(name)

    def band(self, name: str) -> Band:
        """Return the band of that name.

        Raises:
            SettingsError: The task has none; the sentence lists its bands.
        """
        if name not in self._by_name:
            raise SettingsError(
                f"task {self.name} has no band {name!r}; its bands are {', '.join(self._by_name)}"
            )
        return self._by_name[name]

    def setting(self, name: str) -> Setting:
        """Return the setting of that name.

        Raises:
            SettingsError: The task has none; the sentence lists its settings.
        """
        for setting in self.settings:
            if setting.name == name:
                return setting
        known = ", ".join(setting.name for setting in self.settings)
        raise SettingsError(f"task {self.name} has no setting {name!r}; choose one of {known}")

    def possible_settings(self, band_names: set[str]) -> list[Setting]:
        """Return the settings whose bands are all at hand, richest first."""
        possible = [s for s in self.settings if set(s.bands) <= band_names]
        return sorted(possible, key=lambda s: -len(s.bands))
