"""A report's place -> refused where it would replace anything but a report of GeoSeg's."""

from pathlib import Path

from geoseg.files.outputs import check_file, same

MARKS = {".html": b'<meta name="generator" content="GeoSeg report">', ".pdf": b"/Creator (GeoSeg)"}
"""Ending -> what a report of ours says of itself."""
HEAD_BYTES = 4096


def check_report(out: Path, run: Path) -> None:
    """Refuse a place where a report would replace a file of a user's or of another run.

    Args:
        out: The page or PDF wanted.
        run: Folder of the run, whose own report may be made anew.

    Raises:
        OutputError: It would, or `out` is a folder, or there is no folder to write to.
    """
    own = same(out.parent, run) and out.name in ("report.html", "report.pdf")
    check_file(out, is_ours=_is_report, what="the report", of_record="run.json" if own else None)


def _is_report(path: Path) -> bool:
    """Tell whether a page or PDF says that GeoSeg wrote it."""
    mark = MARKS[path.suffix.lower()]
    try:
        content = path.read_bytes()
    except OSError:
        return False
    return mark in (content[:HEAD_BYTES] if path.suffix.lower() == ".html" else content)
