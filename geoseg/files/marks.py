"""Files <-> their size and sha256 in a record beside them, by which a file is known again as ours."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

LEDGER = ".geoseg-files.json"
"""Record of a folder whose files need none for themselves."""


@dataclass(frozen=True)
class Mark:
    """What a file was when it was written; None is not known, as older records lack it."""

    size: int | None = None
    sha256: str | None = None


Marks = dict[str, Mark]
"""Path relative to the record's folder, with slashes -> its mark."""


def is_unchanged(path: Path, mark: Mark) -> bool:
    """Tell whether a file is still the one that was marked; a link never is."""
    if path.is_symlink() or not path.is_file():
        return False
    if mark.size is not None and path.stat().st_size != mark.size:
        return False
    return mark.sha256 is None or digest(path) == mark.sha256


def digest(path: Path) -> str:
    """Return the sha256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def listing(folder: Path, *, but: Iterable[str] = (), sums: bool = True) -> dict[str, Any]:
    """Return `files` (size, bytes) and `sha256` of every file in a folder, as records keep them.

    Args:
        folder: Folders in it included; names that begin with a dot are left out.
        but: Names that are left out, such as that of the record.
        sums: Leave the sha256 out where False; reading every file takes its time.
    """
    left_out = set(but)
    found = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.startswith(".")
    }
    kept = {name: path for name, path in found.items() if name not in left_out}
    return {
        "files": {name: path.stat().st_size for name, path in kept.items()},
        **({"sha256": {name: digest(path) for name, path in kept.items()}} if sums else {}),
    }


def read_marks(record: Path) -> Marks | None:
    """Return what a record says was written beside it, the record itself included.

    None where there is no record, or the file of that name is not one of GeoSeg's. Names that lead
    out of the record's folder, and files without a size, are passed over: a record may come from
    anywhere, and what it lists is replaced.
    """
    try:
        content = json.loads(record.read_bytes()) if not record.is_symlink() else None
    except (OSError, ValueError):
        return None
    if not isinstance(content, dict) or not isinstance(content.get("geoseg"), str):
        return None
    sizes, sums = content.get("files"), content.get("sha256")
    sums = sums if isinstance(sums, dict) else {}
    if not isinstance(sizes, dict):
        return {record.name: Mark()}
    known = {name: size for name, size in sizes.items() if is_inside(name) and type(size) is int}
    return {
        **{name: Mark(size, sums.get(name)) for name, size in known.items()},
        record.name: Mark(),
    }


def is_inside(name: str) -> bool:
    """Tell whether a path with slashes, relative to a folder, stays in it by its words."""
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts
