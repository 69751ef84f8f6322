"""Bedrock against sediment, from a 10 m terrain model or from Landsat 8 (Article I)."""

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task
from geoseg.tasks.method import PostProcessing, RecipeHint, Rectangles, Sampling

TERRAIN = (
    Band("slope", "Slope", "degrees", "Steepness: bare rock is steeper than what fills valleys.",
         derive="slope"),
    Band("elevation", "Elevation", "m", "Height above the sea: sediments lie low.",
         aliases=("dem", "elev", "dtm"), derive="elevation"),
    Band("slope_sum12", "Slope sum", "degrees", "Sum of the slopes around, 12 pixels.",
         aliases=("slopesum",), derive="slope_sum12"),
    Band("relief12", "Relative relief", "m", "Highest minus lowest ground around, 12 pixels.",
         aliases=("relief", "relativerelief"), derive="relief12"),
    Band("valley_depth", "Valley depth", "m", "How far the ground lies below the ridges around.",
         aliases=("valley_depth1000m", "valleydepth"), derive="valley_depth1000m"),
    Band("tpi3", "Position, 3 pixels", "m", "Height above the mean of the nearest ground.",
         derive="tpi3"),
    Band("tpi9", "Position, 9 pixels", "m", "Height above the mean of the ground around.",
         derive="tpi9"),
)  # fmt: skip
LANDSAT8 = (
    Band("B1", "Coastal blue", "reflectance", "0.43-0.45 micrometres: haze and shallow water."),
    Band("B2", "Blue", "reflectance", "0.45-0.51 micrometres."),
    Band("B3", "Green", "reflectance", "0.53-0.59 micrometres."),
    Band("B4", "Red", "reflectance", "0.64-0.67 micrometres: absorbed by leaves."),
    Band("B5", "Near infrared", "reflectance", "0.85-0.88 micrometres: bright over leaves."),
    Band("B6", "Short-wave infrared 1", "reflectance", "1.57-1.65 micrometres: bright over rock."),
    Band("B7", "Short-wave infrared 2", "reflectance", "2.11-2.29 micrometres: bright over rock."),
    Band("B10", "Thermal infrared 1", "K", "10.6-11.2 micrometres: warm over bare ground.",
         aliases=("ST_B10",)),
    Band("B11", "Thermal infrared 2", "K", "11.5-12.5 micrometres: warm over bare ground."),
)  # fmt: skip

_ANYWHERE = "anywhere on the mapped ground"
_ROCKY = "where at least 70 % is bedrock, off the fjords"

BEDROCK = Task(
    name="bedrock",
    title="Bedrock",
    feature="bedrock",
    plural="bedrock",
    bands=TERRAIN + LANDSAT8,
    settings=(
        Setting("terrain", "Terrain, seven predictors", tuple(band.name for band in TERRAIN),
                "A terrain model of 10 m pixels alone; sediments smooth the ground they cover."),
        Setting("landsat8", "Landsat 8, nine bands", tuple(band.name for band in LANDSAT8),
                "One cloud-free image of 30 m pixels; plants hide much of the rock."),
    ),
    classes=(ClassLabel(0, "sediment", "#9aa0a6"), ClassLabel(1, "bedrock", "#1a9850")),
    default_setting="terrain",
    sampling=Sampling(
        patch=128,
        patches=2000,
        cases=5,
        designs=(
            Rectangles("large", f"10 of 1.5 to 4 square km, {_ANYWHERE}", 10, (1.5, 4.0)),
            Rectangles("large-rocky", f"10 of 1.5 to 4 square km, {_ROCKY}", 10, (1.5, 4.0),
                       0.7, True),
            Rectangles("small", f"15 of 0.3 to 0.8 square km, {_ANYWHERE}", 15, (0.3, 0.8)),
            Rectangles("small-rocky", f"15 of 0.3 to 0.8 square km, {_ROCKY}", 15, (0.3, 0.8),
                       0.7, True),
        ),
        words="2000 patches of 128 x 128 pixels with bedrock from every training rectangle.",
    ),
    recipe=RecipeHint(loss="BCE", batch=16, epochs=15,
                      words="U-Net of 32 to 512 channels with batch norm, Adam."),
    post=PostProcessing(min_area_m2=2500.0),
    metrics=("f1", "mcc", "accuracy", "precision", "recall"),
    unmapped="Sea and lakes are not mapped: give them no data in the terrain model, or outline the land.",
    pictures=(
        ("Steepness, relief, valley depth", ("slope", "relief12", "valley_depth")),
        ("False colour: plants red", ("B5", "B4", "B3")),
        ("True colour", ("B4", "B3", "B2")),
    ),
    help="Ground where rock lies bare or under a thin organic cover, against sediments.",
)  # fmt: skip
