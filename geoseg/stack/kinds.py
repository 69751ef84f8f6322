"""Polygons, lines, points: what each reader of shapes takes, and where the others belong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """What a reader takes.

    Attributes:
        word: What the sentences call it.
        types: Geometry types that are taken.
        stated: Words by which a layer states that it holds them.
        mend: What to do with a file of another kind.
        option: Where a file of this kind belongs when it is given in the wrong place.
    """

    word: str
    types: tuple[str, str]
    stated: tuple[str, ...]
    mend: str
    option: str


POLYGONS = Kind(
    "polygon",
    ("Polygon", "MultiPolygon"),
    ("Polygon", "Surface", "Triangle", "TIN"),
    "so draw or export the outlines as areas",
    "polygons belong to --reference (the mapped truth) or --areas (sub-areas)",
)
LINES = Kind(
    "line",
    ("LineString", "MultiLineString"),
    ("LineString", "Curve"),
    "so draw or export them as lines",
    "lines belong to --lines of geoseg compare",
)
POINTS = Kind(
    "point",
    ("Point", "MultiPoint"),
    ("Point",),
    "so draw or export them as points",
    "points belong to --points of geoseg compare",
)
KINDS = (POLYGONS, LINES, POINTS)
