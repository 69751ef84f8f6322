"""A finished run -> which bands its networks relied on, for the area or for one outline."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geoseg import __version__
from geoseg.evaluation.counts import Confusion
from geoseg.inference.occlusion import Hidden, Tally, occlude
from geoseg.inference.runtime import CONVERSION_PAYS_FROM_TILES, load_members
from geoseg.pipeline.explain_inputs import RunInputs, find_inputs
from geoseg.pipeline.explain_request import ExplainSettings
from geoseg.pipeline.targets import Target, TilePlan, find_target, plan_tiles, read_patches
from geoseg.pipeline.why_words import in_words
from geoseg.progress import Cancelled, Event, Progress, never, silent
from geoseg.tasks.evidence import evidence_groups

Record = dict[str, Any]
NAME = "explanation.json"
ALL, MAPPED = 0, 1
"""Places in the sums: all pixels that count, and those mapped with nothing hidden."""


def explain_run(
    folder: Path,
    settings: ExplainSettings,
    progress: Progress = silent,
    cancelled: Cancelled = never,
) -> Record:
    """Hide every band in turn, and every kind of evidence, and see how far the map moves.

    Args:
        folder: Of a finished run.
        settings: What to explain.
        progress: Hears of every tile.
        cancelled: Asked before every batch.

    Returns:
        JSON-ready: `target`, `baseline`, a row for every band in `bands` and every kind of
        evidence in `groups`, each the strongest first, and `words`. In a row `fall` is how much
        lower the mean probability is without it (in the outline; for the area on the mapped
        ground), `fall_spread` its standard deviation over the networks, `moved` the mean change
        either way, `f1_fall` how much lower F1 is; None where undefined.

    Raises:
        GeosegError: The folder holds no finished run, or its rasters or networks are gone.
        RunCancelledError: `cancelled` answered True.
    """
    progress(Event("checking rasters and networks", 0, 1))
    run = find_inputs(folder, settings)
    target = find_target(folder, run.grid, settings)
    plan = plan_tiles(folder, run.grid, run.settings.tiles, target, settings.tiles)
    hidden = ways_of_hiding(run.stack.names)
    many = len(plan.chosen) * (1 + len(hidden)) >= CONVERSION_PAYS_FROM_TILES
    shape = None if many else (1, 1)
    members = load_members(run.members, run.settings, shape, progress, cancelled)
    tally = occlude(
        read_patches(folder, run.stack, plan, target), members, hidden, mix=run.mix,
        threshold=run.settings.threshold, total=len(plan.chosen), progress=progress,
        cancelled=cancelled,
    )  # fmt: skip
    return _record(run, target, plan, _Rows(run, target, hidden, tally))


def ways_of_hiding(bands: tuple[str, ...]) -> list[Hidden]:
    """Return every band by itself, then every kind of evidence as a whole."""
    single = [Hidden(name, (place,)) for place, name in enumerate(bands)]
    groups = evidence_groups(bands)
    return single + [
        Hidden(kind, tuple(bands.index(name) for name in names)) for kind, names in groups.items()
    ]


@dataclass(frozen=True, eq=False)
class _Rows:
    """Sums -> what a person asks for."""

    run: RunInputs
    target: Target
    hidden: list[Hidden]
    tally: Tally

    @property
    def where(self) -> int:
        """Return what `fall` is told for: an outline whole, of the area the mapped ground."""
        return MAPPED if self.target.outline is None else ALL

    def baseline(self) -> Record:
        """Return the figures with nothing hidden."""
        tally, weight = self.tally, self.tally.weight
        return {
            "pixels": round(float(weight[ALL]), 1),
            "mapped_share": _ratio(weight[MAPPED], weight[ALL]),
            "mean_probability": _ratio(tally.probability[0, self.where], weight[self.where]),
            "f1": self._f1(tally.counts[0]),
        }

    def row(self, way: int) -> Record:
        """Return how much hiding this changes; the first way hides nothing."""
        hidden, tally, where = self.hidden[way - 1], self.tally, self.where
        weight = tally.weight[where]
        names = [self.run.stack.names[place] for place in hidden.places]
        falls = tally.by_member[:, 0, where] - tally.by_member[:, way, where]
        known = [value for value in (_ratio(fall, weight) for fall in falls) if value is not None]
        fall = _ratio(tally.probability[0, where] - tally.probability[way, where], weight)
        return {
            "name": hidden.name,
            "title": self._title(hidden),
            "bands": names,
            "fall": fall,
            "fall_spread": float(np.std(known)) if known else None,
            "fall_by_member": known,
            "moved": _ratio(tally.moved[way], tally.weight[ALL]),
            **self._f1_rows(way),
        }

    def _title(self, hidden: Hidden) -> str:
        if hidden.name not in self.run.stack.names:
            return hidden.name
        return self.run.task.band(hidden.name).title

    def _f1_rows(self, way: int) -> Record:
        """Return F1 without this, its fall and the falls' spread; an outline has no F1 of its own."""
        tally = self.tally
        if self.target.outline is not None:
            return {"f1": None, "f1_fall": None, "f1_fall_spread": None}
        before, after = self._f1(tally.counts[0]), self._f1(tally.counts[way])
        own = [(self._f1(counts[0]), self._f1(counts[way])) for counts in tally.counts_by_member]
        falls = [a - b for a, b in own if a is not None and b is not None]
        both = before is not None and after is not None
        return {
            "f1": after,
            "f1_fall": (before or 0.0) - (after or 0.0) if both else None,
            "f1_fall_spread": float(np.std(falls)) if falls else None,
        }

    @staticmethod
    def _f1(counts: NDArray[np.int64]) -> float | None:
        tp, fp, fn, tn = (int(value) for value in counts)
        return Confusion(tp, fp, fn, tn).metrics()["f1"]


def _record(run: RunInputs, target: Target, plan: TilePlan, rows: _Rows) -> Record:
    every = [rows.row(way) for way in range(1, len(rows.hidden) + 1)]
    single, groups = every[: len(run.stack.names)], every[len(run.stack.names) :]
    baseline = rows.baseline()
    if target.outline is not None:
        baseline["f1"] = None
    record = {
        "version": 1,
        "geoseg": __version__,
        "title": run.record.get("title") or run.folder.name,
        "feature": run.record["feature"],
        "simulated": bool(run.record.get("simulated")),
        "target": target.record(),
        "tiles": len(plan.chosen),
        "tiles_in_all": plan.touched,
        "members": [member.card.name for member in run.members],
        "threshold": run.settings.threshold,
        "baseline": baseline,
        "bands": sorted(single, key=_strength, reverse=True),
        "groups": sorted(groups, key=_strength, reverse=True),
    }
    return record | {"words": in_words(record)}


def _strength(row: Record) -> tuple[float, float]:
    """Order by what is lost: F1 where it is known, else probability, else by how much moves."""
    first = row["f1_fall"] if row["f1_fall"] is not None else row["fall"]
    return (row["moved"] or 0.0) if first is None else first, row["moved"] or 0.0


def _ratio(part: float, whole: float) -> float | None:
    return float(part / whole) if whole > 0 else None
