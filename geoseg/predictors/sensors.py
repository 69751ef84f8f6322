"""Optical sensors: which file band is blue, red, near infrared ... under names that files use."""

from dataclasses import dataclass

from geoseg.errors import SettingsError
from geoseg.tasks import Band, BandKind, ClassLabel, Setting, Task

CLOUD = "cloud"


@dataclass(frozen=True)
class Sensor:
    """One optical sensor.

    Attributes:
        name: Short name of the command line.
        title: What a geologist calls it.
        bands: Colour -> name of the band: "red" -> "B4".
        clear: Values of the cloud band that mean clear ground or water.
        cloud: Names the cloud band goes by.
    """

    name: str
    title: str
    bands: dict[str, str]
    clear: tuple[int, ...]
    cloud: tuple[str, ...]

    def task(self, colours: tuple[str, ...], *, masked: bool = False) -> Task:
        """Return a task whose one setting reads these colours, so that files are matched to it.

        Raises:
            SettingsError: The sensor does not see a colour.
        """
        unseen = [colour for colour in colours if colour not in self.bands]
        if unseen:
            raise SettingsError(
                f"{self.title} has no {', '.join(unseen)} band; it sees {', '.join(self.bands)}"
            )
        bands = tuple(
            Band(name, colour, "reflectance", aliases=(colour.replace("_", ""),))
            for colour, name in self.bands.items()
        )
        mask = Band(CLOUD, "Cloud mask", kind=BandKind.CATEGORICAL, aliases=self.cloud)
        read = tuple(self.bands[colour] for colour in colours) + ((CLOUD,) if masked else ())
        return Task(
            name=self.name, title=self.title, feature="colour", bands=(*bands, mask),
            settings=(Setting("read", self.title, read),),
            classes=(ClassLabel(0, "none", "#9aa0a6"),), default_setting="read",
        )  # fmt: skip


_LANDSAT_CLOUD = ("cloud", "mask", "fmask", "cloudmask")
SENSORS: dict[str, Sensor] = {
    sensor.name: sensor
    for sensor in (
        Sensor("sentinel2", "Sentinel-2",
               {"blue": "B2", "green": "B3", "red": "B4", "red_edge1": "B5", "red_edge2": "B6",
                "red_edge3": "B7", "nir": "B8", "swir1": "B11", "swir2": "B12"},
               # Scene classification of level 2A: vegetation, bare, water, unclassified.
               (4, 5, 6, 7), ("scl", *_LANDSAT_CLOUD)),
        Sensor("landsat8", "Landsat 8 or 9",
               {"blue": "B2", "green": "B3", "red": "B4", "nir": "B5", "swir1": "B6",
                "swir2": "B7"}, (0,), _LANDSAT_CLOUD),
        Sensor("landsat7", "Landsat 4 to 7",
               {"blue": "B1", "green": "B2", "red": "B3", "nir": "B4", "swir1": "B5",
                "swir2": "B7"}, (0,), _LANDSAT_CLOUD),
    )
}  # fmt: skip


def find_sensor(name: str) -> Sensor:
    """Return the sensor of that name.

    Raises:
        SettingsError: There is none; the sentence lists the known ones.
    """
    if name not in SENSORS:
        raise SettingsError(f"no sensor {name!r}; choose one of {', '.join(SENSORS)}")
    return SENSORS[name]
