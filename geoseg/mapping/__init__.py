"""Probability -> classes -> polygons."""
