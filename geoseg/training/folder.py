"""Where members are to go -> refused before any training where something of a user's would be lost."""

from pathlib import Path

from geoseg.errors import OutputError
from geoseg.files.outputs import require_folder, same
from geoseg.models.own import require_own_member


def require_own_place(out: Path, name: str, start_from: str = "") -> None:
    """Refuse a folder in which a new member would replace what no training made.

    Args:
        out: Folder of the members.
        name: Of the member.
        start_from: Card of the member it starts from, which must stay; empty starts anew.

    Raises:
        OutputError: `out` is a file, or the member would replace a foreign file or its own start.
    """
    require_folder(out)
    card = out / f"{name}.json"
    if start_from and same(Path(start_from), card):
        raise OutputError(
            f"the new member would replace {card}, which it starts from; give it another name or "
            "choose another folder"
        )
    require_own_member(card)
