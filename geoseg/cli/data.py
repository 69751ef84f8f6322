"""geoseg data: published archives that are at hand, and fetching those that are not."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geoseg.cli.options import AsJson
from geoseg.cli.output import ProgressLine, show, table
from geoseg.exports.disk import size_words

if TYPE_CHECKING:
    from geoseg.published.registry import Archive, Kind, PublishedFile
    from geoseg.published.shelf import Copy

app = typer.Typer(help="List and fetch published archives.", no_args_is_help=True)

ArchiveName = Annotated[
    str, typer.Argument(metavar="NAME", help="Archive, e.g. global-landslides.")
]
To = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Folder of the archive; else below GEOSEG_CACHE."),
]
HEAD = ("name", "what", "file", "size", "here")


@app.command("list")
def list_(to: To = None, as_json: AsJson = False) -> None:
    """List the published archives and what of them is on this machine.

    Example:
    geoseg data list
    """
    from geoseg.published.registry import ARCHIVES
    from geoseg.published.shelf import find_copy, shelf

    records, rows = [], []
    for archive in ARCHIVES.values():
        for file in archive.files:
            copy = find_copy(file, shelf(archive, to))
            records.append(_record(archive, file, copy))
            rows.append(_row(archive, file, copy))
    cited = "\n".join(
        f"{a.name}: {a.title}. doi:{a.doi}, licence {a.licence}. {a.citation}."
        for a in ARCHIVES.values()
    )
    show(records, f"{table(HEAD, rows)}\n\n{cited}", as_json=as_json)


@app.command("fetch")
def fetch_(name: ArchiveName, to: To = None, as_json: AsJson = False) -> None:
    """Fetch the labelled scenes of an archive and unpack them, to train on or to import with.

    A file that was put into the folder by hand is taken as it is.

    Example:
    geoseg data fetch global-landslides
    """
    from geoseg.published.registry import find_archive
    from geoseg.published.statistics import dataset_folder
    from geoseg.published.unpacking import unpack

    archive, found = _bring(name, "dataset", to)
    if found.is_file():
        line = ProgressLine()
        try:
            found = unpack(found, found.parent / archive.file("dataset").folder, line)
        finally:
            line.close()
    folder = dataset_folder(found)
    text = (
        f"{archive.name}: labelled scenes in {folder}\n"
        f"train on them: geoseg train {folder} --setting s1s2 --recipe thesis --out members"
    )
    show({"name": find_archive(name).name, "folder": str(folder)}, text, as_json=as_json)


def fetch_models(name: ArchiveName, to: To = None, as_json: AsJson = False) -> None:
    """Fetch the trained networks of an archive; geoseg models import makes a zoo of them.

    A file that was put into the folder by hand is taken as it is.

    Example:
    geoseg models fetch global-landslides
    """
    archive, found = _bring(name, "models", to)
    text = (
        f"{archive.name}: trained networks in {found}\n"
        f"make a zoo of them: geoseg models import {found} --dataset DIR --out zoo"
    )
    show({"name": archive.name, "path": str(found)}, text, as_json=as_json)


def _bring(name: str, kind: "Kind", to: Path | None) -> "tuple[Archive, Path]":
    """Return the archive and where its file lies, which is downloaded if it is not there."""
    from geoseg.published.download import fetch
    from geoseg.published.registry import find_archive
    from geoseg.published.shelf import find_copy, shelf

    archive = find_archive(name)
    file, folder = archive.file(kind), shelf(archive, to)
    copy = find_copy(file, folder)
    if copy is not None and copy.unpacked:
        return archive, copy.path
    line = ProgressLine()
    try:
        return archive, fetch(archive, file, folder, progress=line)
    finally:
        line.close()


def _row(archive: "Archive", file: "PublishedFile", copy: "Copy | None") -> tuple[object, ...]:
    size = None if copy is None or copy.size_bytes is None else size_words(copy.size_bytes)
    return archive.name, file.kind, file.name, size, None if copy is None else str(copy.path)


def _record(archive: "Archive", file: "PublishedFile", copy: "Copy | None") -> dict[str, Any]:
    return {
        "name": archive.name, "kind": file.kind, "file": file.name, "doi": archive.doi,
        "licence": archive.licence, "citation": archive.citation,
        "here": None if copy is None else str(copy.path),
        "size_bytes": None if copy is None else copy.size_bytes,
    }  # fmt: skip
