"""Landslides of one event, learned on part of its area: thirteen bands, four settings (Article III)."""

from geoseg.tasks.declaration import Band, ClassLabel, Setting, Task
from geoseg.tasks.landslides import RADAR, TERRAIN_AND_COVER
from geoseg.tasks.method import PostProcessing, RecipeHint, Sampling

_LENT = {band.name: band for band in (*RADAR, *TERRAIN_AND_COVER)}
_S1 = ("preVV", "postVV", "dVV", "preVH", "postVH", "dVH")
_POST = tuple(
    Band(f"post{short}", f"{title} after", "", f"Reflectance in {words}, greenest image after.")
    for short, title, words in (
        ("R", "Red", "red: bright on bare soil"),
        ("G", "Green", "green"),
        ("B", "Blue", "blue"),
        ("NIR", "Near infrared", "near infrared: bright on plants"),
    )
)
_PRE = tuple(
    Band(f"pre{short}", f"{title} before", "", f"Reflectance in {title.lower()}, image before.")
    for short, title in (("R", "Red"), ("G", "Green"), ("B", "Blue"))
)
_OPTICAL = (*(band.name for band in _POST), "dNDVI")

LOCAL_LANDSLIDES = Task(
    name="local_landslides",
    title="Landslides, learned locally",
    feature="landslide",
    bands=(
        *(_LENT[name] for name in _S1), *_POST,
        *(_LENT[name] for name in ("dNDVI", "elevation", "slope")), *_PRE,
    ),
    settings=(
        Setting("setting1", "1: radar, optical and terrain", (*_S1, *_OPTICAL, "elevation", "slope"),
                "All thirteen bands of the article."),
        Setting("setting2", "2: radar VV and greenness", ("preVV", "postVV", "dNDVI"),
                "Three bands, the best of the article."),
        Setting("setting3", "3: radar VV only", ("preVV", "postVV"),
                "Two bands that see through cloud."),
        Setting("setting4", "4: optical only", _OPTICAL,
                "Colours after the event and the change of greenness."),
        Setting("rgb", "Colours before and after",
                ("preR", "preG", "preB", "postR", "postG", "postB"),
                "What a network for colour images reads; beside the article's own settings."),
    ),
    classes=(ClassLabel(0, "no landslide", "#9aa0a6"), ClassLabel(1, "landslide", "#d7301f")),
    default_setting="setting2",
    sampling=Sampling(patch=128, stride=64, patches=10_000,
                      words="At least 10,000 tiles of 128 x 128 pixels, half of each shared with the "
                      "next; CART from 18 points of landslides and 112 of seven other classes."),
    recipe=RecipeHint(words="A scaled-down U-Net; CART with a focal mode filter afterwards."),
    post=PostProcessing(min_area_m2=500.0),
    pictures=(
        ("True colour after", ("postR", "postG", "postB")),
        ("False colour after: plants red", ("postNIR", "postR", "postG")),
    ),
    help="Landslides of one event, by a network or a tree that learned on a part of the same area.",
)  # fmt: skip
