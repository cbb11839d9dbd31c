"""Makes text of the bytes of a dropped file: strict UTF-8, else the declared encoding; nothing is guessed."""

from __future__ import annotations

import codecs
import io

from ingestion.rejection import Rejection

#: Signs of one line.
MAX_LINE = 1_000_000
_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_NOT_TEXT = {b"PK\x03\x04": "zip/xlsx", b"\x1f\x8b": "gzip", b"MZ": "exe", b"PAR1": "parquet", b"%PDF": "pdf"}


def decode_text(data: bytes, encoding: str, expected: str) -> str | Rejection:
    """The text: byte-order mark → strict UTF-8 → the declared encoding; no other is tried.

    `expected` is the format that a reason names where the bytes are no text at all.
    """
    if not data:
        return Rejection("E_EMPTY")
    for magic, kind in _NOT_TEXT.items():
        if data.startswith(magic):
            return Rejection("E_TYPE", {"field": "file", "field_sv": "fil", "value": kind, "expected": expected})
    wrong = Rejection("E_ENCODING", {"encoding": encoding})
    if data.startswith(_OTHER_MARKS):
        return wrong
    marked = data.startswith(codecs.BOM_UTF8)
    try:
        text = data[3 if marked else 0 :].decode()
    except UnicodeDecodeError:
        if marked or encoding == "utf-8":
            return wrong
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            return wrong
    if "\0" in text:
        return Rejection("E_CONTROL")
    return text or Rejection("E_EMPTY")


def whole_lines(text: str, final_newline: bool = True) -> Rejection | None:
    """Why the lines of a text cannot be trusted: the last one does not end though it must, or one is too long."""
    if final_newline and not text.endswith(("\n", "\r")):
        return Rejection("E_TORN", {"problem": "the last line does not end", "problem_sv": "sista raden slutar inte"})
    longest = max(map(len, io.StringIO(text, newline="")), default=0)
    return Rejection("E_SIZE", {"limit": str(MAX_LINE)}) if longest > MAX_LINE else None
