"""What the page Prepare says: presets of predictors, help texts."""

PRESETS = {
    "Ravines (1 m terrain)": ("slope", "tpi100m", "roughness5m"),
    "Bedrock (10 m terrain)": (
        "slope", "elevation", "slope_sum12", "relief12", "valley_depth1000m", "tpi3", "tpi9",
    ),
    "Relief to look at": ("hillshade", "slope"),
}  # fmt: skip
"""What the predictors are for -> their names."""

HELP = {
    "dem": "A raster of ground heights. Longitude and latitude are put on metres first.",
    "preset": "The predictors that the articles used for this kind of map.",
    "names": "A number is the width of the window in pixels, with an m in metres: tpi9, tpi100m. "
    "Small windows show small forms, wide ones whole slopes.",
    "feet": "Slopes come out wrong where heights are in feet and places in metres.",
    "scenes": "Files of several bands are one scene each; files of one band make up one scene "
    "together. A band named SCL, mask or cloud tells where clouds are.",
    "indices": "NDVI_p25 is the 25th percentile over the scenes; without a number, the median.",
}
"""Name of a choice -> what it changes."""
