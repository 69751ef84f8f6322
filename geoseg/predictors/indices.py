"""Reflectance of an optical scene -> spectral indices, those of Article II among them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoseg.errors import SettingsError

Values = NDArray[np.float32]
FORM = re.compile(r"([A-Za-z][A-Za-z0-9]*?)(?:_p(\d{1,2}))?")
MEDIAN = 50


@dataclass(frozen=True)
class Index:
    """One spectral index.

    Attributes:
        title: What it tells.
        colours: What it reads, in the order of the formula's arguments.
        formula: Reflectances 0 to 1, (..., y, x) each -> the index.
        source: Where it is defined, or what was misprinted.
    """

    title: str
    colours: tuple[str, ...]
    formula: Callable[..., Values]
    source: str

    def compute(self, reflectance: Mapping[str, Values]) -> Values:
        """Return the index; NaN where a colour is missing or the formula divides by zero."""
        with np.errstate(divide="ignore", invalid="ignore"):
            found = self.formula(*(reflectance[colour] for colour in self.colours))
        return np.where(np.isfinite(found), found, np.nan).astype(np.float32)


@dataclass(frozen=True)
class Wanted:
    """An index and the percentile of it over time: "NDVI_p25"; without one the median."""

    name: str
    index: Index
    percentile: int


def wanted(name: str) -> Wanted:
    """Return the index of that name with its percentile over time.

    Raises:
        SettingsError: There is none of that name.
    """
    found = FORM.fullmatch(name.strip())
    known = {own.lower(): own for own in INDICES}
    if found is None or found[1].lower() not in known:
        raise SettingsError(
            f"there is no index {name!r}; choose from {', '.join(INDICES)}, with _p25 behind it "
            "for the 25th percentile over time"
        )
    return Wanted(name.strip(), INDICES[known[found[1].lower()]], int(found[2] or MEDIAN))


def _ratio(a: Values, b: Values) -> Values:
    """Return the normalised difference of two colours, -1 to 1."""
    return (a - b) / (a + b)


def _plain(colour: str, title: str) -> Index:
    return Index(title, (colour,), lambda value: value, "the band itself, reflectance 0 to 1")


INDICES: dict[str, Index] = {
    "BLUE": _plain("blue", "blue"),
    "GREEN": _plain("green", "green"),
    "RED": _plain("red", "red"),
    "NIR": _plain("nir", "near infrared"),
    "SWIR1": _plain("swir1", "short-wave infrared, 1.6 micrometres"),
    "SWIR2": _plain("swir2", "short-wave infrared, 2.2 micrometres"),
    "NDVI": Index("green plants", ("nir", "red"), _ratio, "Rouse et al. (1974)"),
    "NBR": Index("burnt or bare against green", ("nir", "swir2"), _ratio,
                 "Key and Benson (2006)"),
    "REDGREEN": Index("red and green against their difference", ("red", "green"),
                      lambda red, green: (red + green) / (green - red),
                      "Article II as printed: the inverse of GRVI, without bound where both match"),
    "PSRI": Index("plants that fade", ("red", "blue", "red_edge2"),
                  lambda red, blue, edge: (red - blue) / edge,
                  "Merzlyak et al. (1999), doi:10.1034/j.1399-3054.1999.106119.x"),
    "GRVI": Index("green against red", ("green", "red"), _ratio,
                  "Tucker (1979), doi:10.1016/0034-4257(79)90013-0"),
    "RERVI": Index("red edge against near infrared", ("red_edge1", "nir"),
                   lambda edge, nir: edge / nir, "Article II: b5/b8"),
    "EVI": Index("green plants, less soil and haze", ("nir", "red", "blue"),
                 lambda nir, red, blue: 2.5 * (nir - red) / (nir + 6 * red - 7.5 * blue + 1),
                 "Huete et al. (2002), doi:10.1016/S0034-4257(02)00096-2"),
    "CRI1": Index("yellow pigments", ("blue", "green"),
                  lambda blue, green: 1 / blue - 1 / green,
                  "Gitelson et al. (2002); wavelengths of Sentinel-2"),
    "GNDVI": Index("green plants by green light", ("nir", "green"), _ratio,
                   "Gitelson et al. (1996); printed (b8-b3)/(b8+3) in Article II, a misprint"),
    "PSSR": Index("pigments", ("nir", "red"), lambda nir, red: nir / red,
                  "Blackburn (1998), doi:10.1080/014311698215919"),
    "NDWI": Index("open water", ("green", "nir"), _ratio,
                  "McFeeters (1996), doi:10.1080/01431169608948714"),
    "NDMI": Index("moisture of leaves", ("nir", "swir1"), _ratio,
                  "Gao (1996), doi:10.1016/S0034-4257(96)00067-3"),
}  # fmt: skip
"""Name -> index."""

ARTICLE_II = (
    "GREEN", "NIR", "SWIR2", "NDVI_p25", "NBR", "REDGREEN", "PSRI", "GRVI", "RERVI", "EVI",
    "CRI1", "GNDVI", "PSSR",
)  # fmt: skip
"""The thirteen optical predictors of Article II; canopy height is the fourteenth."""
