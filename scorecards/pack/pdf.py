"""The door to WeasyPrint: HTML becomes a tagged PDF, the same bytes each time."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

#: PDF/UA-1 (ISO 14289-1): structure, language and title, so that a screen reader reads the sheet as it was written.
_VARIANT = "pdf/ua-1"
_STYLE = Path(__file__).with_name("sheet.css")


def write_pdf(html: str, out: Path, made_at: datetime) -> int:
    """Writes the document as PDF/UA-1 into the file `out` and returns its pages; `made_at` is its only date, so that
    bytes repeat.

    The font is Inter, from the system; what of it is used is embedded.
    """
    from weasyprint import HTML

    stamped = html.replace("</head>", f'<meta name="dcterms.created" content="{made_at.isoformat()}"></head>', 1)
    style, fonts = _style()
    document = HTML(string=stamped).render(font_config=fonts, stylesheets=[style], pdf_variant=_VARIANT)
    document.write_pdf(out, pdf_variant=_VARIANT)
    return len(document.pages)


@cache
def _style() -> tuple[Any, Any]:
    """The style sheet and the fonts, read once."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return CSS(filename=_STYLE, font_config=fonts), fonts
