"""Takes from a text what a spreadsheet would run or a file cannot hold."""

from __future__ import annotations

import re

#: What begins a formula in Excel, LibreOffice and Google Sheets (OWASP: CSV injection), also after blanks.
_FORMULA = re.compile(r"^[\s\u00a0\ufeff]*[=+\-@\t\r\n＝＋－＠]")
#: Control characters that XML 1.0 cannot hold, and lone surrogates.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LONGEST = 32_767  # characters that a cell of a workbook holds


def safe(text: str) -> str:
    """The text as every spreadsheet shows it and none runs it: an apostrophe stands before what begins a formula.

    Only texts are changed: a number is written as a number, and a negative one stays negative.
    """
    clean = _UNWRITABLE.sub("\ufffd", text)
    return (f"'{clean}" if _FORMULA.match(clean) else clean)[:_LONGEST]
