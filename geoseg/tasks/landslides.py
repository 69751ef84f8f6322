"""Landslides from radar and optical change, fifteen bands and four settings (Article V)."""

from geoseg.tasks.declaration import Band, BandKind, ClassLabel, Setting, Task
from geoseg.tasks.method import PostProcessing, RecipeHint, Sampling

LAND_COVER = (
    (1, "urban"), (2, "forest"), (3, "scrub"), (4, "herbaceous"), (5, "pasture"), (6, "sparse"),
    (7, "water"), (8, "wetland"), (9, "bare rock"), (10, "glacier and snow"),
)  # fmt: skip
"""Ten land covers, a reading of the groups of Article IV; the ids are those of the simulator."""

RADAR = (
    Band("preVV", "Radar VV before", "dB", "Median radar echo, vertical-vertical, month before."),
    Band("postVV", "Radar VV after", "dB", "Median radar echo, vertical-vertical, month after."),
    Band("dVV", "Radar VV change", "dB", "After minus before: fresh rough ground brightens."),
    Band("preVH", "Radar VH before", "dB", "Cross-polarised echo before: high over forest."),
    Band("postVH", "Radar VH after", "dB", "Cross-polarised echo after."),
    Band("dVH", "Radar VH change", "dB", "After minus before: lost forest darkens."),
    Band("layover", "Layover mask", "", "1 where steep slopes face the radar and fold over.",
         BandKind.MASK, ("layovermask", "lay")),
    Band("shadow", "Radar shadow mask", "", "1 where the radar cannot see behind a slope.",
         BandKind.MASK, ("shadowmask", "sha")),
    Band("liaDeg", "Local incidence angle", "degrees", "Angle between radar beam and the slope.",
         aliases=("lia", "localincidenceangle", "incidenceangle")),
)  # fmt: skip
TERRAIN_AND_COVER = (
    Band("elevation", "Elevation", "m", "Height above the sea.",
         aliases=("dem", "elev", "height"), derive="elevation"),
    Band("slope", "Slope", "degrees", "Steepness of the ground.", derive="slope"),
    Band("KG_climate", "Climate class", "", "Koeppen-Geiger climate class.",
         BandKind.CATEGORICAL, ("kg", "climate", "koppen", "kgclimate")),
    Band("tree_height", "Tree height", "m", "Height of the canopy.",
         aliases=("treeheight", "canopyheight", "chm")),
    Band("CART_landcover", "Land cover", "", "Land-cover class of a decision tree.",
         BandKind.CATEGORICAL, ("landcover", "cart", "lulc", "cartlandcover"), LAND_COVER),
    Band("dNDVI", "Greenness change", "", "NDVI after minus before: bare ground is negative.",
         aliases=("ndvichange", "ndvidiff")),
)  # fmt: skip

_S1 = tuple(band.name for band in RADAR)
_S2 = ("CART_landcover", "dNDVI")

LANDSLIDES = Task(
    name="landslides",
    title="Landslides",
    feature="landslide",
    bands=RADAR + TERRAIN_AND_COVER,
    settings=(
        Setting("s1", "Radar only (Sentinel-1)", _S1,
                "Sees through cloud and night, but misses more and raises more false alarms."),
        Setting("s2", "Optical only (Sentinel-2)", _S2,
                "Lost vegetation; needs cloud-free images, is fooled by water, snow and harvest."),
        Setting("s1s2", "Radar and optical", _S1 + _S2,
                "Both kinds of evidence: the best choice where both exist."),
        Setting("all", "All fifteen bands", _S1 + tuple(b.name for b in TERRAIN_AND_COVER),
                "Radar, optical, terrain, climate and tree height."),
    ),
    classes=(ClassLabel(0, "no landslide", "#9aa0a6"), ClassLabel(1, "landslide", "#d7301f")),
    default_setting="s1s2",
    sampling=Sampling(patch=256, patches=1000,
                      words="Patches around random pixels of landslides, turned and mirrored."),
    recipe=RecipeHint(words="Nine architectures, five losses, two learning rates: 90 networks."),
    post=PostProcessing(min_area_m2=500.0),
    pictures=(("Radar: red brighter after, cyan darker", ("postVV", "preVV", "preVV")),),
    help="Fresh landslides of one event, from images before and after it, on 10 m pixels.",
)  # fmt: skip
