"""What the page Prepare says: help texts."""

HELP = {
    "dem": "A raster of ground heights. Longitude and latitude are put on metres first.",
    "preset": "What the networks and trees of this task read. Tasks for pixels like yours come first.",
    "names": "A number is the width of the window in pixels, with an m in metres: tpi9, tpi100m. "
    "Small windows show small forms, wide ones whole slopes.",
    "height_unit": "Slopes come out wrong where heights are in feet and places in metres. The file's "
    "own word is taken, else metres; say it yourself where the file is wrong or silent.",
    "lowest": "Gets no data, and so no map: the sea at 0, for instance. Always in metres.",
    "highest": "Gets no data, and so no map: ravines of marine clay lie below the marine limit only.",
    "fill": "Files often hold numbers such as -9999 where nothing was measured and do not say so. "
    "They stand alone, far from all others; they are found and left out. Off: every number counts.",
    "scenes": "Files of several bands are one scene each; files of one band make up one scene "
    "together. A band named SCL, mask or cloud tells where clouds are.",
    "indices": "NDVI_p25 is the 25th percentile over the scenes; without a number, the median.",
}
"""Name of a choice -> what it changes."""

UNITS = {
    "auto": "as the file says, else metres",
    "metres": "metres",
    "feet": "feet (international, 0.3048 m)",
    "us-feet": "US survey feet",
}
"""Unit of heights -> how the page says it."""
