"""The styles that stand inside every page, small, and what a web server must allow for them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("templates") / "style.css"
#: A file beside the pages that names the styles in them, for the policy of the web server.
POLICY = "style-src.txt"


@cache
def style() -> str:
    """The style sheet without its comments and the space that only people read."""
    text = re.sub(r"/\*.*?\*/", "", FILE.read_text(encoding="utf-8"), flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text)
    return re.sub(r" ?([{};,]) ?", r"\1", text).replace(": ", ":").replace(";}", "}").strip()


def policy(styles: Iterable[str]) -> str:
    """What `style-src` of a Content-Security-Policy must hold so that these styles alone may stand in a page."""
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in styles)
