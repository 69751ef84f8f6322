"""The words of the page Train: what can be trained, and what every choice changes on the map."""

from typing import Literal

from geoseg.workspace.trainings import Plan

Teacher = Literal["reference", "points"]

PLANS: dict[Plan, tuple[str, str]] = {
    "one": (
        "Quick look: one network",
        "Minutes. Shows whether the ground can be learned from at all.",
    ),
    "ensemble": (
        "A small ensemble of different networks",
        "Averaged answers: a steadier map, and one of where they disagree. The usual choice.",
    ),
    "fine-tune": (
        "Improve a trained network with my polygons",
        "Starts from what a network knows already. Best where you have little mapped.",
    ),
    "trees": (
        "Trees and forests instead of networks",
        "Seconds to minutes. They judge each place by its own values: quick to try, coarser maps.",
    ),
    "grid": (
        "The thesis's grid of 90 networks",
        "As published: nine architectures, five losses, two learning rates. Days, for a server.",
    ),
}
"""Plan -> title, what to expect."""

TEACHERS: dict[Teacher, str] = {
    "reference": ":material/draw: What people mapped",
    "points": ":material/touch_app: Points I pick",
}
"""What teaches -> what the user reads."""

NEEDED: dict[Teacher, str] = {
    "reference": "Networks learn from a study area with a reference: rasters, and what is known "
    "there.",
    "points": "Points are picked on the map of a study area: rasters are all it needs.",
}
"""What teaches -> what is said where no area is chosen."""
HELP: dict[str, str] = {
    "teacher": "A reference holds whole outlines: networks learn shapes and edges from it. Points "
    "are quicker to make, some tens of clicks, and teach a tree or a forest, which judges each "
    "place of the map by its own values.",
    "areas": "Study areas with a reference: what people mapped there is what the networks learn. "
    "More and more varied ground gives a map that holds elsewhere too.",
    "areas of points": "Study areas whose points teach; a reference is not needed. Points of several "
    "areas teach together, which gives a map that holds on more kinds of ground.",
    "points on": "Each area keeps its own points. All of the chosen areas' points teach together.",
    "points file": "GeoPackage, GeoJSON, KML, zipped shapefile ... in any coordinate system, or a table "
    "(CSV) with columns lon and lat in degrees. Its points take the place of those on the map.",
    "points column": "Column with the class of each point: its number or its name in the legend. "
    "Empty takes a column called class, label or type.",
    "methods of points": "Each becomes a member of the zoo. One tree is a short list of questions to "
    "the bands, tidied by its neighbours: patches with clear edges. A forest is many trees: a map "
    "with fewer odd specks, and a smoother probability.",
    "validate points on": "The map of the trees is laid over the reference of these areas to say "
    "how right it is; the points still teach alone.",
    "validate on": "Networks are checked on ground they never learned from. Every fifth block of "
    "each area is quick and uses all areas to learn; a whole area kept apart tells "
    "more honestly how the map will do in a new valley.",
    "plan": "How many networks, and where they start.",
    "count": "Networks of different architecture and loss make different mistakes; averaging them "
    "takes many of those off the map. Each one adds its training time.",
    "steps": "How long each network learns. Too few: a blurred map that misses much. Too many: no "
    "harm to the map, for the best state on checking ground is kept, but time.",
    "title": "Name of the zoo that comes of it; you choose it by this name on the page Predict.",
    "start": "The network to begin with. It must read the same bands. Its knowledge of what the "
    "feature looks like stays, your polygons correct it.",
    "architecture": "How the network is built. Unet keeps fine outlines; FPN, PAN and DeepLabV3 "
    "look at wider surroundings and draw smoother patches.",
    "loss": "What counts as a mistake. Dice, Jaccard and Lovasz weigh rare features up: more is "
    "found. BCE and Focal count every pixel alike: fewer false alarms.",
    "learning rate": "How boldly the network changes at each step. Too high: the curve jumps and "
    "the map stays noise. Too low: it learns hardly anything. Leave it unless the curve jumps.",
    "recipe": "Quick: smaller crops, a fixed number of steps, good on a processor. Thesis: as "
    "published, larger crops and patience until nothing improves; made for a graphics card.",
    "positive share": "Share of the crops that show the feature. Lower it where the map has too "
    "many false alarms, raise it where it misses much.",
    "jitter": "Random changes of brightness while learning. Raise it where the map shall hold "
    "under other light, season or sensor; 0 suits one scene.",
    "methods": "Each becomes a member of the zoo, and several can be averaged like networks. A tree "
    "is a short list of questions to the bands, tidied by its neighbours; a forest is many trees, "
    "steadier; segments first joins pixels that look alike and maps patches with even outlines.",
    "trees": "More trees: a steadier map and a larger file. 60 are mostly enough.",
    "depth": "How many questions a tree asks one after the other. Deeper: finer rules that may fit "
    "your ground only.",
    "filter": "Side of the square, in pixels, whose commonest class each pixel takes: larger removes "
    "more specks, and small features with them.",
    "seed": "Source of chance. Another number gives a slightly different network.",
}
"""Choice -> what it means for the map."""

PICK = (
    "Pick places you are **sure** of, in sun and shade, steep and flat: about ten a class, well "
    "spread. Each is stored at once."
)
NO_SEGMENTS = (
    "A forest over segments learns from whole patches, which single points are not: it needs a "
    "reference."
)
TAKE_POINTS = "Use the points of this file"
EVERY_FIFTH_POINT = (
    "**Checked on** every fifth point: no chosen area has a reference. Expect the map to be less "
    "right than that score, for people pick places where the class is plain to see."
)
CLOSED = (
    "You can close this page: the training goes on, and after a restart of the machine it continues "
    "from its last check. The address of this page opens it again."
)
WAITING_FOR_CURVES = "The curves begin with the first check on ground the network has not seen."
CURVES = (
    "The score should climb and level off. If it stays near 0, the bands may not show the feature, "
    "or the reference does not fit them. A dotted loss that rises while the whole line falls means "
    "that the network learns your ground by heart: map more ground or stop here, the best state is "
    "kept."
)
