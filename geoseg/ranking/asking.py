"""Members + labelled areas -> every member's probability of every known pixel, asked once."""

from collections.abc import Sequence
from contextlib import closing

import numpy as np
from numpy.typing import NDArray
from rasterio.windows import Window

from geoseg.inference.ensemble import of_feature
from geoseg.inference.member import Member
from geoseg.inference.streaming import predict_strips
from geoseg.progress import Cancelled
from geoseg.ranking.areas import UNKNOWN, LabelledArea
from geoseg.ranking.counting import Pixels, block_numbers
from geoseg.settings import RunSettings

Probability = NDArray[np.float32]


class AreaGroup:
    """The areas of one part, as one row of pixels: those with a label and with data."""

    def __init__(self, areas: Sequence[LabelledArea], block: int) -> None:
        self.areas = areas
        self._labels = [_read_label(area) for area in areas]
        self._known = [label != UNKNOWN for label in self._labels]
        self._block = block
        self._pixels: Pixels | None = None

    def ask(self, member: Member, settings: RunSettings, cancelled: Cancelled) -> Probability:
        """Return the member's probability of every known pixel, (pixel,)."""
        maps = [_map(area, member, settings, cancelled) for area in self.areas]
        if self._pixels is None:
            # Where every band is missing no member says anything: known by the first one.
            for place, probability in enumerate(maps):
                self._known[place] &= np.isfinite(probability)
            self._pixels = self._count_pixels()
        parts = [said[known] for said, known in zip(maps, self._known, strict=True)]
        return np.concatenate(parts)

    def known_pixels(self) -> Pixels:
        """Return what is known of the pixels that `ask` answers for."""
        return self._pixels or self._count_pixels()

    def facts(self) -> list[tuple[LabelledArea, int, int]]:
        """Return area, known pixels and pixels of the feature, for each area."""
        return [
            (area, int(known.sum()), int((label[known] == 1).sum()))
            for area, label, known in zip(self.areas, self._labels, self._known, strict=True)
        ]

    def _count_pixels(self) -> Pixels:
        truth = [label[known] == 1 for label, known in zip(self._labels, self._known, strict=True)]
        blocks, first = [], 0
        for known in self._known:
            own = block_numbers(known.shape, self._block)[known] + first
            first = int(own.max(initial=first)) + 1
            blocks.append(own)
        # Squares without any known pixel must not be drawn.
        held, block = np.unique(np.concatenate(blocks), return_inverse=True)
        return Pixels(np.concatenate(truth), block.astype(np.int32), len(held))


def shape_of_all(areas: Sequence[LabelledArea]) -> tuple[int, int]:
    """Return (height, width) of one scene as large as all areas together, to choose a runtime."""
    return (
        sum(area.stack.grid.height for area in areas),
        max((area.stack.grid.width for area in areas), default=0),
    )


def _read_label(area: LabelledArea) -> NDArray[np.uint8]:
    grid = area.stack.grid
    with area.truth.open() as reader:
        return reader.read(Window(0, 0, grid.width, grid.height))


def _map(
    area: LabelledArea, member: Member, settings: RunSettings, cancelled: Cancelled
) -> Probability:
    """Return the member's blended map of an area, (y, x), NaN no data; all classes together."""
    strips = predict_strips(area.stack, [member], settings, cancelled=cancelled)
    with closing(strips):
        return np.concatenate([of_feature(strip.probability) for strip in strips])
