"""Wetlands from one Landsat image, or from a season of Sentinel-2 and canopy height (Article II).

The Landsat setting serves the real Gewata scene and is the default as shipped.
"""

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task
from geoseg.tasks.method import PostProcessing, RecipeHint, Sampling

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
SENTINEL2 = (
    Band("GREEN", "Green, Sentinel-2 band 3", "reflectance", "Median of August to October.",
         aliases=("B3",), derive="GREEN"),
    Band("NIR", "Near infrared, Sentinel-2 band 8", "reflectance", "Bright over leaves.",
         aliases=("B8",), derive="NIR"),
    Band("SWIR2", "Short-wave infrared, Sentinel-2 band 12", "reflectance", "Dark over wet soil.",
         aliases=("B12",), derive="SWIR2"),
    Band("NDVI_p25", "Greenness, low quarter", "", "NDVI that a quarter of the season falls below.",
         aliases=("NDVI",), derive="NDVI_p25"),
    Band("NBR", "Near against short-wave infrared", "", "High over moist leaves.", derive="NBR"),
    Band("REDGREEN", "Red and green, as printed", "", "Inverse of GRVI; runs to extremes where "
         "red and green match.", derive="REDGREEN"),
    Band("PSRI", "Withering", "", "Rises as leaves turn in autumn, early on wetlands.",
         derive="PSRI"),
    Band("GRVI", "Green against red", "", "Falls as leaves turn.", derive="GRVI"),
    Band("RERVI", "Red edge against near infrared", "", "Low over dense leaves.", derive="RERVI"),
    Band("EVI", "Enhanced greenness", "", "Greenness, less disturbed by soil and haze.",
         derive="EVI"),
    Band("CRI1", "Carotenoids", "", "Yellow pigments.", derive="CRI1"),
    Band("GNDVI", "Greenness by green light", "", "(b8-b3)/(b8+b3); the article prints b8+3.",
         derive="GNDVI"),
    Band("PSSR", "Pigments", "", "Near infrared over red: high in dense green.", derive="PSSR"),
    Band("CHM", "Canopy height", "m", "Surface minus terrain: open wetlands are low.",
         aliases=("canopyheight", "treeheight")),
)  # fmt: skip

WETLANDS = Task(
    name="wetlands",
    title="Wetlands",
    feature="wetland",
    bands=LANDSAT + SENTINEL2,
    settings=(
        Setting("landsat", "Landsat, six bands", tuple(band.name for band in LANDSAT),
                "Surface reflectance of one cloud-free Landsat 5 or 7 image, 30 m pixels."),
        Setting("sentinel2", "Sentinel-2 and canopy height, fourteen predictors",
                tuple(band.name for band in SENTINEL2),
                "Medians of August to October, when leaves turn, and a height model, 10 m pixels."),
    ),
    classes=(ClassLabel(0, "no wetland", "#9aa0a6"), ClassLabel(1, "wetland", "#2b8cbe")),
    default_setting="landsat",
    sampling=Sampling(patch=128, patches=2000,
                      words="2000 patches of 128 x 128 pixels from each of 17 rectangles, then 23 "
                      "rectangles more where map and model disagreed."),
    recipe=RecipeHint(loss="Jaccard", learning_rate=0.1, batch=16, epochs=50,
                      words="U-Net of 32 to 512 channels and a centre of 1024, Adam, 500 steps an "
                      "epoch; a learning rate of 0.1 is high, try 0.001 first."),
    post=PostProcessing(min_area_m2=10_000.0),
    metrics=("iou", "f1", "precision", "recall", "balanced_accuracy"),
    reference_positive=(6,),
    pictures=(
        ("False colour: plants red", ("B4", "B3", "B2")),
        ("True colour", ("B3", "B2", "B1")),
        ("Near infrared, short-wave infrared, green", ("NIR", "SWIR2", "GREEN")),
    ),
    help="Open wetlands, from one Landsat image or from a season of Sentinel-2 with canopy height. "
    "The Landsat networks learned from a real scene of south-west Ethiopia (Gewata).",
)  # fmt: skip
