"""The report's page -> the same as PDF: same words, same maps, in the same order."""

import io
from functools import partial
from pathlib import Path

from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import SimpleDocTemplate

from geoseg.exports.disk import whole
from geoseg.exports.html_tree import parse
from geoseg.exports.pdf_blocks import blocks
from geoseg.exports.pdf_look import FONT, MARGIN, PAGE, QUIET, register_fonts

LONGEST_FOOT = 90
"""Letters of the title below a page."""


def write_pdf(page: str, path: Path) -> Path:
    """Write a page of ours as PDF, A4, with page numbers.

    Args:
        page: The text of report.html; its maps are inside it.
        path: The file.

    Raises:
        DiskError: The disk is full or the folder is not writable.
    """
    content = as_pdf(page)
    with whole(path, len(content)) as target:
        target.write_bytes(content)
    return path


def as_pdf(page: str) -> bytes:
    """Return a page of ours as the bytes of a PDF."""
    register_fonts()
    body = parse(page)
    heading = body.find("h1")
    title = heading.words if heading else "GeoSeg report"
    memory = io.BytesIO()
    document = SimpleDocTemplate(
        memory, pagesize=PAGE, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN, title=title, creator="GeoSeg", invariant=1,
    )  # fmt: skip
    foot = partial(_foot, title)
    document.build(list(blocks(body)), onFirstPage=foot, onLaterPages=foot)
    return memory.getvalue()


def _foot(title: str, canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(FONT, 7)
    canvas.setFillColor(QUIET)
    short = title if len(title) <= LONGEST_FOOT else f"{title[:LONGEST_FOOT]} ..."
    canvas.drawString(MARGIN, MARGIN / 2, short)
    canvas.drawRightString(PAGE[0] - MARGIN, MARGIN / 2, f"page {document.page}")
