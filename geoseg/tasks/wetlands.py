"""Wetlands from one optical image; the Landsat preset serves the real Gewata scene."""

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task

_REFLECTANCE = "reflectance x 10000"

LANDSAT = (
    Band("B1", "Blue", _REFLECTANCE, "0.45-0.52 micrometres: water and haze.", aliases=("blue",)),
    Band("B2", "Green", _REFLECTANCE, "0.52-0.60 micrometres.", aliases=("green",)),
    Band("B3", "Red", _REFLECTANCE, "0.63-0.69 micrometres: absorbed by leaves.", aliases=("red",)),
    Band("B4", "Near infrared", _REFLECTANCE, "0.77-0.90 micrometres: bright over leaves.",
         aliases=("nir",)),
    Band("B5", "Short-wave infrared 1", _REFLECTANCE, "1.55-1.75 micrometres: dark over wet soil.",
         aliases=("swir1",)),
    Band("B7", "Short-wave infrared 2", _REFLECTANCE, "2.09-2.35 micrometres: dark over wet soil.",
         aliases=("swir2",)),
)  # fmt: skip

WETLANDS = Task(
    name="wetlands",
    title="Wetlands",
    feature="wetland",
    bands=LANDSAT,
    settings=(
        Setting("landsat", "Landsat, six bands", tuple(band.name for band in LANDSAT),
                "Surface reflectance of one cloud-free Landsat 5 or 7 image, 30 m pixels."),
    ),
    classes=(ClassLabel(0, "no wetland", "#9aa0a6"), ClassLabel(1, "wetland", "#2b8cbe")),
    default_setting="landsat",
    min_area_m2=10_000.0,
    reference_positive=(6,),
    help="Wetlands from a Landsat image; trained on a real scene of south-west Ethiopia (Gewata).",
)  # fmt: skip
