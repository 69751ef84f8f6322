"""The words a task is declared in: bands, settings, classes."""

from dataclasses import dataclass, field
from enum import StrEnum

from geoseg.errors import SettingsError
from geoseg.tasks.method import PostProcessing, RecipeHint, Sampling

SCORES = ("precision", "recall", "f1", "iou", "mcc", "accuracy", "balanced_accuracy")
"""Metrics a task shows first, unless it says otherwise."""
YES_OR_NO = 2
"""Classes of a task that asks one question, the background among them."""


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
        derive: Name under which `geoseg derive` makes it; "" where it does not.
    """

    name: str
    title: str
    unit: str = ""
    help: str = ""
    kind: BandKind = BandKind.CONTINUOUS
    aliases: tuple[str, ...] = ()
    legend: tuple[tuple[int, str], ...] = ()
    derive: str = ""


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
        plural: Where it is not the feature with an s.
        pixel_size_m: Side of the pixels its networks are made for.
        sampling: How its article takes training patches.
        recipe: How its article trains.
        post: From the class map to outlines.
        metrics: Scores shown first, by their names in metrics.json.
        pictures: Three bands that make a picture on the map: title, (red, green, blue).
        unmapped: What to leave out before mapping, one sentence; "" where nothing.
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
    plural: str = ""
    pixel_size_m: float = 10.0
    sampling: Sampling = field(default_factory=Sampling)
    recipe: RecipeHint = field(default_factory=RecipeHint)
    post: PostProcessing = field(default_factory=PostProcessing)
    metrics: tuple[str, ...] = SCORES
    pictures: tuple[tuple[str, tuple[str, str, str]], ...] = ()
    unmapped: str = ""
    reference_positive: tuple[int, ...] = (1,)
    help: str = ""
    _by_name: dict[str, Band] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_by_name", {band.name: band for band in self.bands})
        for setting in self.settings:
            for name in setting.bands:
                self.band(name)
        for _, names in self.pictures:
            for name in names:
                self.band(name)

    @property
    def min_area_m2(self) -> float:
        """Outlines smaller than this are left out by default."""
        return self.post.min_area_m2

    @property
    def features(self) -> str:
        """What is mapped, plural, for sentences."""
        return self.plural or f"{self.feature}s"

    @property
    def outputs(self) -> int:
        """Channels a network of this task answers in: 1 for yes or no, else one a class."""
        return 1 if len(self.classes) <= YES_OR_NO else len(self.classes)

    @property
    def feature_ids(self) -> tuple[int, ...]:
        """Class ids that are mapped: all of the legend but the background."""
        return tuple(label.id for label in self.classes if label.id != 0)

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

    def derived(self, setting: str) -> tuple[str, ...]:
        """Return what `geoseg derive` is asked for, to make a setting's bands.

        Empty where some band of the setting is not derived.
        """
        names = tuple(self.band(name).derive for name in self.setting(setting).bands)
        return names if all(names) else ()

    def share_found(self, band_names: set[str]) -> tuple[float, int]:
        """Return the share of bands at hand of the setting that lacks least, and their number."""
        found = [(len(band_names.intersection(s.bands)), len(s.bands)) for s in self.settings]
        return max(((there / wanted, there) for there, wanted in found), default=(0.0, 0))

    def possible_settings(self, band_names: set[str]) -> list[Setting]:
        """Return the settings whose bands are all at hand, richest first."""
        possible = [s for s in self.settings if set(s.bands) <= band_names]
        return sorted(possible, key=lambda s: -len(s.bands))
