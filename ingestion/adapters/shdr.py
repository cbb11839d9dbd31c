"""Reads a log of an MTConnect adapter (SHDR): lines `timestamp|key|value[|key|value…]`, one record per key.

A condition is a line of its own, `timestamp|key|LEVEL|native code|native severity|qualifier|text`, and so is a message,
`timestamp|key|native code|text` (ANSI/MTC1.4 part 1; cppagent's ShdrTokenMapper). Six fields are a condition where the
second is a level and the fifth, the qualifier, is empty, HIGH or LOW; else they are three keys with their values. A key
may name its device first, `device:key`. Assets and the protocol's own lines (`* PONG`) are ignored by contract.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from contracts.sources import Source
from ingestion.adapters.initial_state import initial_records
from ingestion.adapters.outcome import Ignored
from ingestion.adapters.records import Found, Record, once
from ingestion.adapters.text import decode_text, whole_lines
from ingestion.rejection import Rejection, shown

LEVELS = ("NORMAL", "WARNING", "FAULT", "UNAVAILABLE")
_QUALIFIERS = ("", "HIGH", "LOW")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_MULTILINE = re.compile(r"--multiline--[^|\s]{1,80}$")
#: Signs within which a text of several lines has to end.
_MULTILINE_SIGNS = 200_000


class _Line(NamedTuple):
    """One entry of a log: the line on which it begins, and how it was not closed where it has several."""

    number: int
    text: str
    wrong: Rejection | None = None


@dataclass(frozen=True, slots=True)
class Log:
    """A log that was read to its end once. The first `initial` records are the state from before it, sent again."""

    text: str
    initial: int

    @property
    def records(self) -> Iterator[Record]:
        """The records in order of the lines and, in a line, of the keys, numbered from 1."""
        for number, (line, cells) in enumerate(once(_found(self.text)), 1):
            known = number <= self.initial and isinstance(cells, dict)
            yield Record(number, line, Ignored("initial_state") if known else cells)


def read_log(data: bytes, source: Source) -> Log | Rejection:
    """Reads the bytes of a log; a rejection (encoding, a cut end) refuses the whole file."""
    text = decode_text(data, source.format.encoding, "shdr")
    if isinstance(text, Rejection):
        return text
    if wrong := whole_lines(text):
        return wrong
    declared = source.format.initial_state
    return Log(text, initial_records((cells for _, cells in _found(text)), declared.gap_s) if declared else 0)


def _found(text: str) -> Iterator[tuple[int, Found]]:
    """Line and meaning of everything in a log that is not blank."""
    for line in _lines(text):
        if line.wrong:
            yield line.number, line.wrong.at_line(line.number)
        elif line.text.startswith("*"):
            yield line.number, Ignored("protocol")
        else:
            for cells in _read(line.text):
                yield line.number, cells.at_line(line.number) if isinstance(cells, Rejection) else cells


def _lines(text: str) -> Iterator[_Line]:
    """The lines that are not blank. One that opens a text of several lines stands for all of them."""
    begin, number = 0, 1
    while begin < len(text):
        end = text.find("\n", begin)
        end = len(text) if end < 0 else end
        first, line = number, text[begin:end].rstrip("\r")
        wrong, closed = None, None
        if opened := _MULTILINE.search(line):
            closed = _closing(text, end, opened[0])
            wrong = None if closed else _shdr("a text of several lines is not closed", "en flerradig text slutar inte")
        if closed:
            number, end = number + text.count("\n", end, closed), closed
        begin, number = end + 1, number + 1
        if line.strip():
            yield _Line(first, line, wrong)


def _closing(text: str, begin: int, marker: str) -> int | None:
    """Where the line ends that repeats the marker; the lines between belong to the record."""
    found = re.compile(rf"^{re.escape(marker)}\r?$", re.MULTILINE).search(text, begin, begin + _MULTILINE_SIGNS)
    return found.end() if found and text[found.end() : found.end() + 1] == "\n" else None


def _read(line: str) -> Iterable[Found]:
    """The records of one line, or the one reason why it has none."""
    stamp, *fields = (field.strip() for field in _fields(line))
    stamp, _, duration = stamp.partition("@")
    if not is_time(stamp):
        return [Rejection("E_TIME", {"value": shown(stamp) or "–"})]
    if fields and fields[0].startswith("@"):
        return [Ignored("asset")]
    head = {"timestamp": stamp} | ({"duration": duration} if duration else {})
    if len(fields) == 6 and fields[1].upper() in LEVELS and fields[4].upper() in _QUALIFIERS:
        names = ("native_code", "native_severity", "qualifier", "text")
        said = {"level": fields[1].upper(), **dict(zip(names, fields[2:], strict=True))}
        return [_record(head, fields[0], said)]
    if len(fields) == 3:
        return [_record(head, fields[0], {"native_code": fields[1], "text": fields[2]})]
    if not fields or len(fields) % 2:
        n = len(fields)
        return [_shdr(f"{n} fields are no keys with values", f"{n} fält är inga nycklar med värden")]
    return [_record(head, key, {"value": value}) for key, value in zip(fields[::2], fields[1::2], strict=True)]


def _record(head: dict[str, str], name: str, said: dict[str, str]) -> Found:
    device, _, key = name.rpartition(":")
    if not key:
        return Rejection("E_REQUIRED", {"field": "key"})
    return {**head, "device": device, "key": key, **said} if device else {**head, "key": key, **said}


def _fields(line: str) -> list[str]:
    r"""The fields between the bars; in a field in quotes `\|` is a bar of its own."""
    fields = line.split("|")
    if '"' not in line or "\\|" not in line:
        return fields
    joined: list[str] = []
    for field in fields:
        if joined and joined[-1].startswith('"') and joined[-1].endswith("\\"):
            joined[-1] = joined[-1][:-1] + "|" + field
        else:
            joined.append(field)
    return [field[1:-1] if "|" in field and field.endswith('"') else field for field in joined]


def is_time(stamp: str) -> bool:
    """Whether this is an instant of the calendar as MTConnect writes it, with or without its zone."""
    if not _TIME.fullmatch(stamp):
        return False
    try:
        datetime.fromisoformat(stamp)
    except ValueError:
        return False
    return True


def _shdr(problem: str, swedish: str) -> Rejection:
    return Rejection("E_SHDR", {"problem": problem, "problem_sv": swedish})
