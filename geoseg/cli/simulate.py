"""geoseg simulate: a seed -> made-up scenes with known truth, in the published dataset layout."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, overload

import typer

from geoseg.cli.options import AsJson, TaskName
from geoseg.cli.output import ProgressLine, show

if TYPE_CHECKING:
    from geoseg.simulate.scene import Scene

SEEDS_APART = 100_000
"""So many scenes fit between two seeds without a scene coming twice."""


def simulate(
    *,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the scenes.")],
    task: TaskName = "landslides",
    scenes: Annotated[int, typer.Option("--scenes", min=1, help="How many.")] = 4,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Same seed, same scenes.")] = 0,
    size: Annotated[
        int | None,
        typer.Option(
            "--size",
            help="Side of a scene, pixels; usually 512 of 10 m, for ravines 1024 of 1 m.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make simulated scenes with all bands and their reference, to train and to try out.

    Of 21 scenes 16 are to train, 4 to validate and 1 to test, as in the published dataset;
    split.json and scenes.csv in the folder tell which. Kinds of country take turns. Bedrock and
    ravines come with the terrain model, ravines with lines along their floors.

    Example:
    geoseg simulate --task ravines --scenes 21 --seed 1 --out scenes
    """
    from geoseg.simulate.files import TEST, TRAIN, VALIDATION, parts, write_dataset
    from geoseg.simulate.kinds import find_simulator

    size = size or find_simulator(task).size
    line = ProgressLine()
    try:
        write_dataset(out, Scenes(seed, scenes, size, task), seed, line)
    finally:
        line.close()
    files = sorted(str(path.relative_to(out)) for path in out.rglob("simulated*.*"))
    split = parts(scenes, seed)
    counts = {part: split.count(part) for part in (TRAIN, VALIDATION, TEST)}
    text = (
        f"{scenes} simulated scenes of {size} x {size} pixels in {out}: {counts[TRAIN]} to train, "
        f"{counts[VALIDATION]} to validate, {counts[TEST]} to test (split.json)"
    )
    show(
        {"out": str(out), "scenes": scenes, "parts": counts, "files": files}, text, as_json=as_json
    )


class Scenes(Sequence["Scene"]):
    """The scenes of a seed, each made when it is asked for, so that many need no memory."""

    def __init__(self, seed: int, count: int, size: int, task: str = "landslides") -> None:
        self._seed, self._count, self._size, self._task = seed, count, size, task

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, number: int) -> "Scene": ...
    @overload
    def __getitem__(self, number: slice) -> "Sequence[Scene]": ...
    def __getitem__(self, number: int | slice) -> "Scene | Sequence[Scene]":
        if isinstance(number, slice):
            return [self[n] for n in range(*number.indices(self._count))]
        if not 0 <= number < self._count:
            raise IndexError(number)
        return self._make(number)

    def _make(self, number: int) -> "Scene":
        """Make one scene; the demo area is nobody's training scene."""
        from geoseg.simulate.kinds import make_scene
        from geoseg.simulate.landslides import DEMO_SEED

        seed = self._seed * SEEDS_APART + number
        taken = seed == DEMO_SEED
        return make_scene(self._task, seed + SEEDS_APART // 2 if taken else seed, self._size)
