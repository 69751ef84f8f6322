"""A GeoPackage -> an unguessable layer id that vector tiles of its shapes are asked by.

Pages import this module: it knows the registry and the URLs, nothing of servers.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from geoseg.errors import WorkspaceError
from geoseg.settings import Settings
from geoseg.web.layers import ID_FORM
from geoseg.web.places import allowed, signed
from geoseg.workspace.files import make_folder, root, write_whole

ENDING = ".gpkg"


class OutlineLayer(Settings):
    """One layer of shapes.

    Attributes:
        id: What tiles are asked by; tells nothing of the file.
        title: What the panel calls it.
        path: The GeoPackage.
        columns: Columns the tiles carry beside the number `id`.
        name: Which layer of the file; "" for its first.
    """

    id: str
    title: str
    path: Path
    columns: tuple[str, ...] = ()
    name: str = ""

    @property
    def version(self) -> str:
        """Eight letters that change with the file; browsers may keep tiles."""
        state = self.path.stat()
        text = repr((state.st_mtime_ns, state.st_size))
        return hashlib.sha256(text.encode()).hexdigest()[:8]


def register_vector(
    path: Path, title: str = "", columns: Sequence[str] = (), name: str = ""
) -> str:
    """Make a GeoPackage's shapes a layer and return its id, the same at every call.

    Args:
        path: The file.
        title: What the panel calls it; the file's name where empty.
        columns: Columns the tiles carry; those the file has not are left out.
        name: Which layer of the file; "" for its first.

    Raises:
        WorkspaceError: The file is missing, outside the allowed folders, or no GeoPackage.
    """
    real = allowed(Path(path))
    if real.suffix != ENDING:
        raise WorkspaceError(f"{real.name} is not drawn as outlines; expected a file of {ENDING}")
    layer = OutlineLayer(
        id=signed(json.dumps(["outlines", str(real), name, *columns])),
        title=title or real.stem,
        path=real,
        columns=tuple(columns),
        name=name,
    )
    record, text = _record_path(layer.id), layer.to_json()
    if not record.is_file() or record.read_text(encoding="utf-8") != text:
        make_folder(record.parent)
        write_whole(record, text)
    return layer.id


def find_vector(layer_id: str) -> OutlineLayer:
    """Return the registered layer.

    Raises:
        WorkspaceError: There is none of that id, or its file is gone or no longer allowed.
    """
    path = _record_path(layer_id)
    if not ID_FORM.fullmatch(layer_id) or not path.is_file():
        raise WorkspaceError("there are no such outlines; open the page again to make them anew")
    layer = OutlineLayer.from_json(path.read_bytes())
    allowed(layer.path)
    return layer


def vector_url(layer_id: str) -> str:
    """Return the address of the layer's tiles with {z}, {x} and {y} left open."""
    return f"/vectors/{layer_id}/{{z}}/{{x}}/{{y}}.pbf?v={find_vector(layer_id).version}"


def _record_path(layer_id: str) -> Path:
    return root() / "vectors" / f"{layer_id}.json"
