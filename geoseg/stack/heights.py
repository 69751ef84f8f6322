"""A terrain model's band unit and its CRS -> what one unit of its heights is in metres, and why."""

import re
from dataclasses import dataclass, replace
from typing import Literal, cast

import pyproj

from geoseg.ellipsoid import known, metres_per_unit
from geoseg.errors import SettingsError
from geoseg.stack.gtiff import open_gtiff
from geoseg.stack.source import BandSource

Asked = Literal["auto", "metres", "feet", "us-feet"]
FOOT_M, US_FOOT_M = 0.3048, 1200 / 3937
SAME, ALIKE = 1e-9, 1e-5
"""Share by which two units differ at most that are the same, or that go by the same word (feet)."""
NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class HeightUnit:
    """What one unit of stored heights is.

    Attributes:
        title: As it is told to a person: "US survey feet".
        size_m: Metres of one.
        down: True where numbers count depths.
    """

    title: str
    size_m: float
    down: bool = False

    @property
    def metres(self) -> float:
        """Metres of height in one unit; below zero for depths."""
        return -self.size_m if self.down else self.size_m

    def same_as(self, other: "HeightUnit") -> bool:
        """Tell whether both make the same metres of a number."""
        return abs(self.metres - other.metres) <= SAME * abs(self.metres)


METRES = HeightUnit("metres", 1.0)
ASKED: dict[str, HeightUnit] = {
    "metres": METRES,
    "feet": HeightUnit("feet", FOOT_M),
    "us-feet": HeightUnit("US survey feet", US_FOOT_M),
}
"""What a user may say of the heights, whatever the file says."""


def _spelled(unit: HeightUnit, *spellings: str) -> dict[str, HeightUnit]:
    return dict.fromkeys(spellings, unit)


SPELLINGS: dict[str, HeightUnit] = {
    **_spelled(METRES, "m", "mt", "mtr", "mts", "metre", "metres", "meter", "meters", "masl",
               "metreasl", "metresasl", "metersasl", "mamsl", "mnn", "mnhn", "9001"),
    **_spelled(ASKED["feet"], "ft", "foot", "feet", "fts", "ift", "ftint", "ftintl", "ftinternational",
               "intft", "intlft", "intlfoot", "intlfeet", "internationalfoot", "internationalft",
               "internationalfeet", "footinternational", "feetinternational", "footintl",
               "feetintl", "footint", "feetint", "intfoot", "intfeet", "fti", "ifeet", "ifoot",
               "footi", "ftasl", "feetasl", "ftamsl", "fasl", "9002"),
    **_spelled(ASKED["us-feet"], "ftus", "usft", "ussft", "sft", "ftussurvey", "footus", "feetus",
               "usfoot", "usfeet", "ussurveyfoot", "ussurveyfeet", "ussurveyft", "surveyfoot",
               "surveyfeet", "surveyft", "footussurvey", "feetussurvey", "footsurvey",
               "ftsurvey", "sfoot", "sfeet", "sftus", "ussf", "ftuss", "unitedstatessurveyfoot",
               "unitedstatessurveyfeet", "footsurveyus", "feetsurvey", "footussurveyfoot", "9003"),
    **_spelled(HeightUnit("kilometres", 1000.0), "km", "kilometre", "kilometres", "kilometer",
               "kilometers"),
    **_spelled(HeightUnit("decimetres", 0.1), "dm", "decimetre", "decimetres", "decimeter",
               "decimeters"),
    **_spelled(HeightUnit("centimetres", 0.01), "cm", "centimetre", "centimetres", "centimeter",
               "centimeters"),
    **_spelled(HeightUnit("millimetres", 0.001), "mm", "millimetre", "millimetres", "millimeter",
               "millimeters"),
    **_spelled(HeightUnit("yards", 0.9144), "yd", "yds", "yard", "yards"),
    **_spelled(HeightUnit("US survey yards", 3 * US_FOOT_M), "ydus", "usyd", "ussurveyyard",
               "yardus", "usyard"),
    **_spelled(HeightUnit("inches", 0.0254), "in", "inch", "inches"),
    **_spelled(HeightUnit("fathoms", 1.8288), "fathom", "fathoms", "fath", "ftm", "fth", "fm"),
}  # fmt: skip
"""Unit as files write it, letters and numbers alone -> what it is."""


def spelled(text: str) -> HeightUnit | None:
    """Return the unit that a text names: "US survey foot", "ftUS", "us-ft"; None where unknown."""
    plain = NOT_LETTERS.sub("", text.strip().lower())
    return SPELLINGS.get(plain)


def asked_unit(text: str) -> Asked:
    """Check what a user typed.

    Raises:
        SettingsError: It is none of the choices.
    """
    if text != "auto" and text not in ASKED:
        raise SettingsError(f"no unit of heights {text!r}; choose auto, {', '.join(ASKED)}")
    return cast(Asked, text)


def in_metres(band: BandSource) -> tuple[BandSource, tuple[str, ...]]:
    """Return a band of heights whose values come in metres when read, and what is to be told.

    Raises:
        RasterError: The file cannot be opened.
    """
    unit, notes, warnings = height_unit(band, remedy="give the file in metres")
    scaled = replace(band, scale=band.scale * unit.metres, offset=band.offset * unit.metres)
    return (scaled if unit.metres != 1 else band), (*notes, *warnings)


def height_unit(
    band: BandSource,
    asked: Asked = "auto",
    remedy: str = "say so with --height-unit or where the page asks for it",
) -> tuple[HeightUnit, tuple[str, ...], tuple[str, ...]]:
    """Find what the heights of a band count.

    The band's own unit comes first, then the heights of the file's CRS; without both they are
    taken as metres.

    Args:
        band: Of a terrain model.
        asked: What the user says; "auto" reads the file.
        remedy: What to do where a warning is right.

    Returns:
        The unit, notes on what was converted, and warnings where the file contradicts itself, the
        user, or leaves it open.

    Raises:
        RasterError: The file cannot be opened.
    """
    name = band.path.name
    with open_gtiff(band.path) as dataset:
        by_crs = None if dataset.crs is None else crs_height_unit(known(dataset.crs))
        flat = dataset.crs.is_projected if dataset.crs else False
        sideways = metres_per_unit(dataset.crs) if flat else 1.0
    by_band = spelled(band.unit)
    if asked != "auto":
        return _as_asked(name, asked, by_band or by_crs)
    warnings = []
    if band.unit.strip() and by_band is None:
        warnings.append(
            f"{name} states the unit {band.unit.strip()[:40]!r}, which is not known as one of "
            f"heights; if it is not metres, {remedy}"
        )
    if by_band and by_crs and not _agree(by_band, by_crs):
        warnings.append(
            f"{name} contradicts itself: its values are said to be {by_band.title}, the heights of "
            f"its CRS {by_crs.title}; they were taken as {by_band.title}; if that is wrong, {remedy}"
        )
    unit = by_crs if by_band and by_crs and _agree(by_band, by_crs) else by_band or by_crs
    if unit and by_crs and by_crs.down:
        unit = replace(unit, down=True)
    if unit is None:
        return METRES, (), (*warnings, *_open(name, sideways, remedy))
    notes = () if unit.same_as(METRES) else (_converted(name, unit),)
    return unit, notes, tuple(warnings)


def _as_asked(
    name: str, asked: str, found: HeightUnit | None
) -> tuple[HeightUnit, tuple[str, ...], tuple[str, ...]]:
    unit = ASKED[asked_unit(asked)]
    notes = () if unit.same_as(METRES) else (_converted(name, unit),)
    if found is None or _agree(found, unit):
        return unit, notes, ()
    told = f"{name} states heights in {found.title}; they were taken as {unit.title}, as asked"
    return unit, notes, (told,)


def _converted(name: str, unit: HeightUnit) -> str:
    if unit.down:
        return f"{name} holds depths in {unit.title}; they were turned into heights in metres"
    return f"heights of {name} are in {unit.title}; they were converted to metres"


def _open(name: str, sideways: float, remedy: str) -> tuple[str, ...]:
    """Warn where places are in feet and nothing says what the heights are in."""
    if abs(sideways - 1) <= SAME:
        return ()
    text = f"{name} has feet in its coordinates and does not say what its heights are in, so they"
    return (f"{text} were taken as metres; if they are feet, {remedy}",)


def _agree(one: HeightUnit, other: HeightUnit) -> bool:
    return abs(one.size_m / other.size_m - 1) <= ALIKE


def crs_height_unit(crs: pyproj.CRS) -> HeightUnit | None:
    """Return the unit of a CRS's heights; None where it has none."""
    for axis in crs.axis_info[2:]:
        down = axis.direction.lower() == "down"
        metres = axis.unit_conversion_factor
        alike = (unit for unit in SPELLINGS.values() if abs(unit.size_m / metres - 1) < SAME)
        title = next((unit.title for unit in alike), f"{axis.unit_name} of {metres:.6g} m")
        return HeightUnit(title, metres, down)
    return None
