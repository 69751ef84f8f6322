"""Choices of one tree, forest or segment forest -> a frozen object; needs no torch."""

from typing import Literal

from pydantic import Field, field_validator

from geoseg.settings import Settings
from geoseg.tasks import Task
from geoseg.training.settings import declared_task

Method = Literal["cart", "forest", "segments"]
STEPS = 3
"""Of every member, as they are counted while it learns: reading, growing, judging."""
PICKED = "picked on the map"
"""In place of a file of points: they come with the study areas."""
ARCHITECTURE = {"cart": "CART", "forest": "RandomForest", "segments": "SegmentForest"}


class TreeSettings(Settings):
    """Every choice of one training of trees."""

    version: Literal[1] = 1
    name: str = ""
    """Name of the member; empty takes the method's."""
    task: str
    setting: str
    method: Method = "forest"
    bands: tuple[str, ...] = ()
    """As in `TrainSettings`: of task custom, as are the classes."""
    classes: tuple[str, ...] = ()
    points: str = ""
    """File of points to learn from, or `PICKED`; empty takes pixels of the labelled scenes."""
    class_column: str = "class"
    """Column of the points that holds class ids or the names of the legend."""
    pixels: int = Field(default=20_000, ge=10)
    """Pixels drawn of every class at most, spread over the scenes that teach."""
    trees: int = Field(default=60, ge=1, le=2000)
    """Of a forest."""
    max_depth: int = Field(default=14, ge=1, le=40)
    """Questions a tree asks at most one after the other."""
    min_leaf: int | None = Field(default=None, ge=1)
    """Fewest pixels at a leaf; None takes 1 for points, 20 for a tree, 5 for a forest."""
    mode_filter: int = Field(default=3, ge=1, le=51)
    """Of cart: side of the square whose commonest class a pixel takes; 1 filters nothing."""
    clusters: int = Field(default=12, ge=2, le=100)
    """Of segments: kinds of pixels that k-means tells apart."""
    smoothing: int = Field(default=3, ge=1, le=51)
    """Of segments: side of the square that bands are averaged over before."""
    validation: tuple[str, ...] = ()
    """Names of the scenes kept for validation; empty takes a fifth, chosen by the seed."""
    seed: int = Field(default=0, ge=0)
    trained_on: str = ""
    licence: str = ""
    attribution: str = ""

    @field_validator("name")
    @classmethod
    def _name_makes_a_file(cls, name: str) -> str:
        if not all(sign.isalnum() or sign in "-." for sign in name):
            raise ValueError("a member's name may hold letters, digits, '-' and '.'")
        return name

    @field_validator("mode_filter", "smoothing")
    @classmethod
    def _square_has_a_middle(cls, side: int) -> int:
        if side % 2 == 0:
            raise ValueError("the side of a square around a pixel is odd, e.g. 3 or 5")
        return side

    @property
    def member_name(self) -> str:
        """Name of the member and of its two files."""
        return self.name or (f"{self.method}-points" if self.points else self.method)

    @property
    def architecture(self) -> str:
        """What its card calls it."""
        return ARCHITECTURE[self.method]

    @property
    def fewest(self) -> int:
        """Fewest samples at a leaf."""
        if self.min_leaf is not None:
            return self.min_leaf
        if self.points:
            return 1
        return 20 if self.method == "cart" else 5

    @property
    def declared(self) -> Task:
        """The task, or the user's own as bands and classes describe it."""
        return declared_task(self.task, self.setting, self.bands, self.classes)
