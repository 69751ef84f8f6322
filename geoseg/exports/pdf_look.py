"""Fonts, sizes and colours of the report as PDF."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

MARGIN, GAP = 2 * cm, 0.4 * cm
PAGE = A4
PADDING = 6
"""Points that the page's frame keeps free inside the margin."""
WIDTH, HEIGHT = PAGE[0] - 2 * MARGIN - 2 * PADDING, PAGE[1] - 2 * MARGIN - 2 * PADDING
"""What a page holds, points."""

INK, QUIET, LINE = HexColor("#1d2329"), HexColor("#56606a"), HexColor("#d5d9dd")
LOUD, LOUD_EDGE = HexColor("#fff3cd"), HexColor("#b26a00")
FONT, BOLD = "DejaVuSans", "DejaVuSans-Bold"
"""Letters of Latin, Greek and Cyrillic scripts."""


@cache
def register_fonts() -> None:
    """Make the fonts known; they lie beside matplotlib, which is not loaded for it."""
    spec = find_spec("matplotlib")
    folder = Path(spec.origin or "").parent / "mpl-data" / "fonts" / "ttf" if spec else Path()
    for name in (FONT, BOLD):
        pdfmetrics.registerFont(TTFont(name, folder / f"{name}.ttf"))
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)


def _style(name: str, size: float, **changes: object) -> ParagraphStyle:
    given = {"fontName": FONT, "textColor": INK, "spaceAfter": 4, "leading": size * 1.4}
    return ParagraphStyle(name, fontSize=size, **given | changes)


BODY = _style("body", 9)
STYLES = {
    "h1": _style("h1", 17, fontName=BOLD, spaceAfter=6),
    "h2": _style("h2", 12, fontName=BOLD, spaceBefore=14, spaceAfter=5),
    "h3": _style("h3", 10, fontName=BOLD, spaceBefore=6),
    "answer": _style("answer", 10.5),
    "quiet": _style("quiet", 8, textColor=QUIET),
    "loud": _style("loud", 9, fontName=BOLD, spaceAfter=0),
    "caption": _style("caption", 8),
    "legend": _style("legend", 7.5),
    "cell": _style("cell", 8, spaceAfter=0),
    "head": _style("head", 8, fontName=BOLD, spaceAfter=0),
    "number": _style("number", 8, spaceAfter=0, alignment=TA_RIGHT),
    "number head": _style("number head", 8, fontName=BOLD, spaceAfter=0, alignment=TA_RIGHT),
    "term": _style("term", 8, textColor=QUIET, spaceAfter=0),
}
"""Kind of text -> how it is set."""
