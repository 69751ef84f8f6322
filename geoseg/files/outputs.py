"""The one rule of every writer: an output is never an input, and only what is ours is replaced.

A file is ours where a record of GeoSeg beside it lists it as it is, or, a single file, where it
says so itself. Everything else is refused by name, before any work is done.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from geoseg.errors import DiskError, OutputError
from geoseg.files.marks import LEDGER, Mark, Marks, is_unchanged, read_marks
from geoseg.files.parts import file_of
from geoseg.files.sides import foreign_side

RECORDS = ("run.json", "metrics.json", LEDGER)
"""Files that may list what GeoSeg wrote into their folder."""


@dataclass(frozen=True)
class OutputFolder:
    """What a command may leave in a folder.

    Attributes:
        record: Name of the file that lists what was written; `LEDGER` is written by itself.
        names: Files it may write, or that would be taken for its own.
        folders: Folders in it that are the command's, such as figures.
        keeps_older: Files of an earlier turn that are not made anew stay.
        once_unlisted: Records of older versions list no files; they prove all of its names.
    """

    record: str = LEDGER
    names: frozenset[str] = frozenset()
    folders: frozenset[str] = frozenset()
    keeps_older: bool = False
    once_unlisted: bool = False

    def claims(self, out: Path) -> Marks:
        """Return what the record in a folder proves to be ours; nothing where there is none."""
        claims = read_marks(out / self.record)
        if claims is None:
            return {}
        if self.once_unlisted and set(claims) == {self.record}:
            return claims | {name: Mark() for name in self.there(out)}
        return claims

    def there(self, out: Path) -> list[str]:
        """Return files of its names that lie in a folder, those in its folders included."""
        found = [name for name in sorted({*self.names, self.record}) if os.path.lexists(out / name)]
        for name in sorted(self.folders):
            if (out / name).is_dir() and not (out / name).is_symlink():
                inside = (path for path in sorted((out / name).rglob("*")) if not path.is_dir())
                found += [path.relative_to(out).as_posix() for path in inside]
            elif os.path.lexists(out / name):
                found.append(name)
        return found

    def foreign(self, out: Path, claims: Marks, names: Iterable[str] | None = None) -> list[Path]:
        """Return what lies in a folder at the place of a product and is not proved ours.

        Args:
            out: The folder.
            claims: What is proved ours.
            names: Paths that are looked at; None looks at every product there is.
        """
        looked = self.there(out) if names is None else [n for n in names if _lies(out, n)]
        found = [name for name in looked if not _is_claimed(out, name, claims)]
        sides = (foreign_side(out / name) for name in looked if name not in found)
        return [out / name for name in found] + [side for side in sides if side]


def check_folder(
    out: Path, kind: OutputFolder, inputs: Iterable[Path | None] = (), claims: Marks | None = None
) -> None:
    """Refuse a folder in which something would be lost, before any work is done.

    Args:
        out: Where results are wanted; it need not be there.
        kind: What may be written.
        inputs: Files and folders the work reads; None are passed over.
        claims: What is proved ours; None asks the record in the folder.

    Raises:
        DiskError: `out` is a file, or cannot be made or written to.
        OutputError: `out` is a folder that is read, or holds an input at the place of a product,
            or a file that is called like a product and is not proved to be GeoSeg's.
    """
    _check_place(out, "folder")
    if not out.is_dir():
        return
    claims = kind.claims(out) if claims is None else claims
    products = {*(out / name for name in kind.there(out)), *(out / name for name in claims)}
    for path in filter(None, inputs):
        if path.is_dir() and same(path, out):
            raise OutputError(
                f"{out} is an input of this very step, whose own files would be replaced; choose "
                "another folder for the results"
            )
        if any(same(path, product) for product in products):
            raise OutputError(
                f"{path} is an input, and in {out} a result of that name would take its place; "
                "choose another folder for the results"
            )
    require_ours(out, kind.foreign(out, claims))
    other = next((name for name in RECORDS if name != kind.record and read_marks(out / name)), None)
    if other is not None:
        raise OutputError(
            f"{out / other} tells of other results in that folder, which would be mixed with the new "
            "ones; choose another folder"
        )


def require_ours(out: Path, foreign: list[Path]) -> None:
    """Refuse files that are not proved ours, by name."""
    if foreign:
        more = f" and {len(foreign) - 1} more" if len(foreign) > 1 else ""
        raise OutputError(
            f"{foreign[0]}{more} would be replaced or taken for a result, and nothing in {out} "
            "proves that GeoSeg wrote it as it is now; move it away, or choose another folder"
        )


def require_folder(out: Path) -> None:
    """Refuse a place where no folder can be, or none that can be written to.

    Raises:
        DiskError: A file is in the way, or writing is not permitted.
    """
    _check_place(out, "folder")


def check_file(
    out: Path,
    inputs: Iterable[Path | None] = (),
    *,
    is_ours: Callable[[Path], bool],
    what: str,
    of_record: str | None = None,
) -> None:
    """Refuse a file that would destroy something, before any work is done.

    Args:
        out: The file wanted.
        inputs: Files the work reads; None are passed over.
        is_ours: Tells of a file that is there whether GeoSeg made it, for the same purpose.
        what: In words, such as "the derived stack".
        of_record: Record that may list the file, for it is of the same results.

    Raises:
        DiskError: Its folder is missing or not writable.
        OutputError: `out` is a folder or an input, or a file that GeoSeg did not make for this
            purpose.
    """
    if out.is_dir():
        raise OutputError(
            f"{out} is a folder, expected a name for {what}; name a file, such as "
            f"{out / 'result'}{out.suffix}"
        )
    _check_place(out, "file")
    for path in filter(None, inputs):
        if same(path, out):
            raise OutputError(
                f"{out} is an input of this step and would be replaced by {what}; choose another "
                "name"
            )
    if not os.path.lexists(out):
        return
    records = {name: read_marks(out.parent / name) or {} for name in RECORDS}
    owner = next((name for name, listed in records.items() if out.name in listed), None)
    if owner not in (None, of_record):
        raise OutputError(
            f"{out} belongs to the results that {out.parent / owner} tells of; choose another name "
            f"for {what}"
        )
    if owner and _is_claimed(out.parent, out.name, records[owner]):
        return
    if out.is_symlink() or not out.is_file() or not is_ours(out):
        raise OutputError(
            f"{out} is there already and is no earlier result of this step, so it is not "
            "replaced; choose another name or move it away"
        )
    if side := foreign_side(out):
        raise OutputError(
            f"{side} belongs to the file that {what} would replace and holds more than statistics; "
            "move it away or choose another name"
        )


def same(one: Path, other: Path) -> bool:
    """Tell whether two paths are the same file or folder, by whatever spelling, link or part."""
    one, other = file_of(one), file_of(other)
    try:
        return os.path.samefile(one, other)
    except OSError:
        return Path(os.path.abspath(one)) == Path(os.path.abspath(other))


def nearest_folder(out: Path) -> Path:
    """Return the deepest folder on the way to `out` that exists."""
    absolute = out.absolute()
    return next(place for place in (absolute, *absolute.parents) if place.is_dir())


def _check_place(out: Path, kind: str) -> None:
    """Refuse a place at which nothing can be written."""
    absolute = out.absolute()
    way = [*reversed(absolute.parents), *([absolute] if kind == "folder" else [])]
    blocked = next((place for place in way if os.path.lexists(place) and not place.is_dir()), None)
    if blocked is not None:
        raise DiskError(
            f"{out} cannot be written: {blocked} is a file, expected a folder; choose another folder"
        )
    if kind == "file" and not absolute.parent.is_dir():
        raise DiskError(
            f"{out.name} cannot be written: there is no folder {out.parent}; make it, or choose "
            "another folder"
        )
    place = nearest_folder(out)
    if not os.access(place, os.W_OK | os.X_OK):
        raise DiskError(
            f"{out} cannot be written: writing to {place} is not permitted; choose another folder"
        )


def _lies(out: Path, name: str) -> bool:
    """Tell whether something is at the place of a product, or in the way to it."""
    blocked = any(
        way.is_symlink() or (way.exists() and not way.is_dir()) for way in _ways(out, name)
    )
    return blocked or os.path.lexists(out / name)


def _is_claimed(out: Path, name: str, claims: Marks) -> bool:
    """Tell whether a file is proved ours; one behind a linked folder lies elsewhere."""
    linked = any(way.is_symlink() for way in _ways(out, name))
    return name in claims and not linked and is_unchanged(out / name, claims[name])


def _ways(out: Path, name: str) -> list[Path]:
    """Return the folders in `out` that lead to a product."""
    parts = Path(name).parts
    return [out.joinpath(*parts[:count]) for count in range(1, len(parts))]
