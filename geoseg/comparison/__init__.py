"""Finished runs + what people mapped -> a folder of maps, tables and figures that compare them."""
