"""Ground on which landslides start, by its shape alone: from a 10 m terrain model."""

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task
from geoseg.tasks.method import PostProcessing, Sampling

TERRAIN = (
    Band("slope", "Slope", "degrees", "Steepness: level ground holds, walls have nothing to lose.",
         derive="slope"),
    Band("elevation", "Elevation", "m", "Height above the sea: stands for rain, plants and rock.",
         aliases=("dem", "elev", "dtm"), derive="elevation"),
    Band("relief12", "Relative relief", "m", "Highest minus lowest ground around, 12 pixels.",
         aliases=("relief",), derive="relief12"),
    Band("tpi9", "Position, 9 pixels", "m", "Height above the mean of the ground around: slides "
         "start below crests.", derive="tpi9"),
    Band("valley_depth", "Valley depth", "m", "How far the ground lies below the ridges around.",
         aliases=("valley_depth1000m", "valleydepth"), derive="valley_depth1000m"),
)  # fmt: skip
_SHAPE = tuple(band.name for band in TERRAIN if band.name != "elevation")

SLIDE_GROUND = Task(
    name="slide_ground",
    title="Slide-prone ground",
    feature="slide-prone ground",
    plural="slide-prone ground",
    bands=TERRAIN,
    settings=(
        Setting("shape", "Shape of the ground, four predictors", _SHAPE,
                "Carries over to other heights, and tells less where it learned."),
        Setting("shape-height", "Shape and elevation", tuple(band.name for band in TERRAIN),
                "Tells more where it learned; do not take it to mountains of other heights."),
    ),
    classes=(ClassLabel(0, "other ground", "#9aa0a6"),
             ClassLabel(1, "slide-prone ground", "#e08214")),
    default_setting="shape",
    sampling=Sampling(words="Points where landslides started, and as many where none did."),
    post=PostProcessing(min_area_m2=2500.0),
    unmapped="Lakes, rivers and glaciers are not mapped: give them no data in the terrain model.",
    pictures=(("Steepness, relief, valley depth", ("slope", "relief12", "valley_depth")),),
    help="Where landslides are likely to start, learned from points of earlier ones. It tells of "
    "places, not of times: no rain, no quake, no material is in it.",
)  # fmt: skip
