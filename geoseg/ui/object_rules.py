"""Compare, view Objects: what counts as an object, chosen -> what was counted, and its files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from geoseg.errors import GeosegError
from geoseg.evaluation.objects import ObjectSettings
from geoseg.ui.words import area as area_words
from geoseg.workspace import read_record
from geoseg.workspace.object_rules import objects_by

SMALLEST = (
    "This run leaves patches below {least} out of its outlines, so it could never find a smaller "
    "one of the reference. Switched off, those count as missed."
)
TOUCHING = (
    "Pixels that meet at a corner belong together, in the reference and on the map alike; so do "
    "polygons drawn side by side. Switched off, outlines that only touch are counted one by one."
)
Part = Mapping[str, Any]


def choose(run_id: str, record: Part, folder: Path) -> tuple[Part, Path]:
    """Let the user switch the rules; return what was counted by them, and where the files are.

    Args:
        run_id: The run.
        record: What the comparison counted, by its own rules.
        folder: Of the comparison.
    """
    usual = ObjectSettings.model_validate(record["settings"])
    left, right = st.columns(2)
    least = float(read_record(run_id)["settings"].get("min_area_m2") or 0)
    same = left.toggle(
        "The run's smallest patch holds for the reference too", usual.same_smallest,
        help=SMALLEST.format(least=area_words(least) if least else "one pixel"),
        key=f"objects_smallest_{run_id}",
    )  # fmt: skip
    joined = right.toggle(
        "Outlines that touch are one", usual.join_touching, help=TOUCHING,
        key=f"objects_touching_{run_id}",
    )  # fmt: skip
    wanted = usual.model_copy(update={"same_smallest": same, "join_touching": joined})
    if wanted == usual:
        return record, folder
    try:
        with st.spinner("Counting outlines ..."):
            return objects_by(run_id, wanted)
    except GeosegError as error:
        st.error(str(error), icon=":material/error:")
        return record, folder
