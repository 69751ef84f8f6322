"""Ravines in marine clay, sharp and smoothed ones, from a 1 m terrain model (Article VI)."""

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task
from geoseg.tasks.method import PostProcessing, RecipeHint, Sampling

TERRAIN = (
    Band("slope", "Slope", "degrees", "Steepness: sharp ravines have steep sides.",
         derive="slope"),
    Band("tpi100m", "Position in 100 m", "m", "Height above the mean of 100 m around: negative in "
         "a ravine.", aliases=("tpi", "tpi100", "diffmeanelev"), derive="tpi100m"),
    Band("roughness5m", "Roughness in 5 m", "m", "Standard deviation of elevation: high on sides "
         "and rims, low on levelled ground.", aliases=("tr", "roughness", "terrainroughness"),
         derive="roughness5m"),
)  # fmt: skip

RAVINES = Task(
    name="ravines",
    title="Ravines",
    feature="ravine",
    bands=TERRAIN,
    settings=(
        Setting("terrain", "Terrain, three predictors", tuple(band.name for band in TERRAIN),
                "A terrain model of 1 m pixels; no elevation, so that it serves at any height."),
    ),
    classes=(
        ClassLabel(0, "no ravine", "#9aa0a6"),
        ClassLabel(1, "smooth ravine", "#fe9929"),
        ClassLabel(2, "sharp ravine", "#252525"),
    ),
    default_setting="terrain",
    pixel_size_m=1.0,
    sampling=Sampling(patch=256, stride=128, patches=20_000,
                      words="20,000 patches of 256 x 256 pixels, half of each shared with the "
                      "next."),
    recipe=RecipeHint(loss="Dice", words="U-Net with a resnet34 encoder."),
    post=PostProcessing(buffer_m=5.0, dissolve=True, min_area_m2=5000.0,
                        source="Article VI, section 3.2.3"),
    metrics=("macro_f1", "f1", "precision", "recall"),
    unmapped="Ground above the marine limit is not mapped: leave it out, or outline what lies below.",
    reference_positive=(1, 2),
    pictures=(
        ("Position: low ground dark", ("tpi100m", "tpi100m", "tpi100m")),
        ("Roughness, slope, position", ("roughness5m", "slope", "tpi100m")),
    ),
    help="Ravines cut into marine clay: sharp ones, and those that were levelled for farming.",
)  # fmt: skip
