"""A file's path -> one that GDAL opens as that very file, and a name that any text can hold.

GDAL takes a name such as `http:x.tif` for an address and asks the network; an absolute path never.
Names from old disks need not be UTF-8: GDAL cannot open them and no report can hold them, so such
a file is read through a link whose name is written in letters.
"""

import atexit
import os
import shutil
import tempfile
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from geoseg.errors import RasterError

ARCHIVE = "!"


def is_text(path: Path | str) -> bool:
    """Tell whether a name is written in letters that any text can hold."""
    try:
        os.fspath(path).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def shown(path: Path | str) -> str:
    """Return a name as letters; bytes that are no UTF-8 are read as Latin-1."""
    text = os.fspath(path)
    return text if is_text(text) else os.fsencode(text).decode("latin-1")


def local(path: Path) -> Path:
    """Return the absolute path by which a file is opened; a stand-in where its own will not do.

    Its own will not where a name on the way is not UTF-8, or holds an exclamation mark, which
    readers of shapes take for the border between an archive and what is in it.

    Raises:
        RasterError: No link can be made to the file.
    """
    real = path.resolve()
    if not real.exists() or (is_text(real) and ARCHIVE not in str(real)):
        return real
    return _stand_in(real)


def readable(path: Path) -> Path:
    """Return the path itself, or a link to it where its name is not UTF-8.

    A link beside which all files of the same stem are linked too, such as the parts of a
    shapefile. It lasts as long as the process.

    Raises:
        RasterError: No link can be made.
    """
    if is_text(path) or not path.exists():
        return path
    return _stand_in(Path(os.path.abspath(path)))


@lru_cache(maxsize=4096)
def _stand_in(path: Path) -> Path:
    folder = Path(_links()) / sha256(os.fsencode(path)).hexdigest()[:16]
    begins = os.fsencode(path.stem) + b"."
    try:
        folder.mkdir(exist_ok=True)
        for entry in path.parent.iterdir():
            link = folder / _plain(entry.name)
            if entry == path or os.fsencode(entry.name).startswith(begins):
                link.unlink(missing_ok=True)
                link.symlink_to(entry)
    except OSError as error:
        raise RasterError(
            f"the name of {shown(path.name)} cannot be read as it is and no link to it can be made "
            f"({error.strerror}); rename the file"
        ) from None
    return folder / _plain(path.name)


def _plain(name: str) -> str:
    return shown(name).replace(ARCHIVE, "_")


@lru_cache(maxsize=1)
def _links() -> str:
    folder = tempfile.mkdtemp(prefix="geoseg-names-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
