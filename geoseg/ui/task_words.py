"""The words of the page Own tasks: what every choice means for the map."""

HELP: dict[str, str] = {
    "title": "Heading in the menus, in the plural. The short name for the command line is made of "
    "it.",
    "feature": "How sentences name a single one: 12 rock glaciers, this rock glacier.",
    "bands": "What the networks or trees will read, in this order, from rasters you bring: a "
    "terrain layer, a satellite channel, an image before and one after. Names as in your files are "
    "recognised by themselves. Fewer bands that tell more make a steadier map.",
    "classes": "One: a map of yes or no. Several: a map that tells kinds apart, each in its "
    "colour; your reference then says the kind of every outline.",
    "class": "As in the reference: the values of its column class, or ids 1, 2, ... in a raster.",
    "background": "Ground that is none of the classes; id 0 in a raster.",
    "pixel": "Side of the pixels the task is made for; rasters of another size are warned of.",
    "least": "Outlines smaller than this are left out of the map.",
    "buffer": "Outlines are widened by so much and joined where they touch; 0 leaves them.",
}
"""Choice -> what it means for the map."""

LEAD = "Teach GeoSeg to map something new: name its bands and classes, then train on your ground."
STEPS = (
    "Then bring rasters and a reference on the page Study area and choose this task there, and "
    "train on the page Train. Its maps are predicted and compared like any other."
)
REFERENCE = (
    "The reference is a raster of class ids or polygons with a column **class** that holds these "
    "ids or names. Polygons of class 0 leave the ground around them unknown."
)
SEND = (
    "One file holds the task and a zoo of it; a colleague takes it on this page, or with "
    "geoseg tasks unpack. It holds numbers and words, no program."
)
TAKE = "A file that a colleague packed. It is checked before anything of it is kept."
