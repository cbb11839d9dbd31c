"""Reads a document of an MTConnect agent (MTConnectStreams 1.x and 2.x): one record per sample, event and condition.

The parser is expat with all that is dangerous in XML refused: a document type, and so every entity of its own; nesting
and texts have limits; nothing is ever fetched. Data sets, tables and assets are ignored by contract. What is no
MTConnectStreams (a device model, an error, an asset) is refused whole, by its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from contracts.sources import Source
from ingestion.adapters.outcome import Ignored
from ingestion.adapters.records import Found, Record, once
from ingestion.adapters.shdr import LEVELS, is_time
from ingestion.adapters.text import MAX_LINE, decode_text
from ingestion.rejection import Rejection, shown

MAX_DEPTH = 32
_CHUNK = 65_536
_STREAMS = re.compile(r"urn:mtconnect\.(?:org|com):MTConnectStreams:[12]\.\d+")
_CATEGORIES = {"Samples": "SAMPLE", "Events": "EVENT", "Condition": "CONDITION"}
#: Attributes of a record, of its component and of its device, by column.
_OF_ITEM = {
    "timestamp": "timestamp", "sequence": "sequence", "data_item_id": "dataItemId", "name": "name",
    "sub_type": "subType", "native_code": "nativeCode", "native_severity": "nativeSeverity", "qualifier": "qualifier",
    "duration": "duration",
}  # fmt: skip
_OF_COMPONENT = {"component": "component", "component_name": "name", "component_id": "componentId"}
_OF_DEVICE = {"device": "name", "device_uuid": "uuid"}
_REQUIRED = ("sequence", "data_item_id")


class _Refused(Exception):
    """Ends the reading of a document that is refused whole."""

    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection


@dataclass(frozen=True, slots=True)
class Document:
    """A document that was read to its end once; its records are read again one by one."""

    text: str

    @property
    def records(self) -> Iterator[Record]:
        """The records in order of the document, numbered from 1."""
        for number, (line, cells) in enumerate(once(_found(self.text)), 1):
            yield Record(number, line, cells.at_line(line) if isinstance(cells, Rejection) else cells)


def read_streams(data: bytes, source: Source) -> Document | Rejection:
    """Reads the bytes of a document; a rejection refuses the whole file."""
    text = decode_text(data, source.format.encoding, "xml")
    if isinstance(text, Rejection):
        return text
    try:
        for _ in _found(text):
            pass
    except _Refused as refused:
        return refused.rejection
    return Document(text)


def _found(text: str) -> Iterator[tuple[int, Found]]:
    """Line and meaning of every sample, event and condition. Raises _Refused."""
    walk = _Walk()
    try:
        for begin in range(0, len(text), _CHUNK):
            walk.parser.Parse(text[begin : begin + _CHUNK], False)
            yield from walk.take()
        walk.parser.Parse("", True)
    except expat.ExpatError as error:
        what = f"line {error.lineno}: {expat.ErrorString(error.code)}"
        raise _Refused(_xml(f"it is not well-formed, {what}", f"den är inte välformad, {what}")) from error
    yield from walk.take()


@dataclass(slots=True)
class _Item:
    """One sample, event or condition that is being read."""

    line: int
    name: str
    attributes: dict[str, str]
    text: list[str] = field(default_factory=list)
    nested: bool = False


class _Walk:
    """Where in a document the parser is, and the records that it has passed."""

    def __init__(self) -> None:
        parser = self.parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._characters, self._doctype
        self._path: list[tuple[str, dict[str, str]]] = []
        self._item: _Item | None = None
        self._size = 0
        self._done: list[tuple[int, Found]] = []

    def take(self) -> list[tuple[int, Found]]:
        """The records that came to their end since the last time."""
        done, self._done = self._done, []
        return done

    def _doctype(self, *_: object) -> None:
        raise _Refused(_xml("it has a document type (DTD)", "den har en dokumenttyp (DTD)"))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        if not self._path and (name != "MTConnectStreams" or not _STREAMS.fullmatch(space)):
            told = shown(f"{name} ({space})" if space else name, 100)
            raise _Refused(_xml(f"it is {told}, not MTConnectStreams", f"den är {told}, inte MTConnectStreams"))
        if len(self._path) >= MAX_DEPTH:
            raise _Refused(_xml(f"it is deeper than {MAX_DEPTH} levels", f"den är djupare än {MAX_DEPTH} nivåer"))
        if self._item:
            self._item.nested = True
        elif len(self._path) == 5 and self._path[4][0] in _CATEGORIES and self._path[1][0] == "Streams":
            self._item, self._size = _Item(self.parser.CurrentLineNumber, name, attributes), 0
        self._path.append((name, attributes))

    def _characters(self, text: str) -> None:
        if self._item:
            self._size += len(text)
            if self._size > MAX_LINE:
                raise _Refused(Rejection("E_SIZE", {"limit": str(MAX_LINE)}))
            self._item.text.append(text)

    def _end(self, _: str) -> None:
        self._path.pop()
        if self._item and len(self._path) == 5:
            device, component, category = self._path[2:]
            found = _record(self._item, _CATEGORIES[category[0]], component[1], device[1])
            self._done.append((self._item.line, found))
            self._item = None


def _record(item: _Item, category: str, component: dict[str, str], device: dict[str, str]) -> Found:
    """The cells of one record, or what it is instead."""
    if item.name.startswith("Asset"):
        return Ignored("asset")
    if item.nested or item.name.endswith(("DataSet", "Table")):
        return Ignored("data_set")
    cells = {"category": category, **_cells(_OF_ITEM, item.attributes), **_cells(_OF_COMPONENT, component),
             **_cells(_OF_DEVICE, device)}  # fmt: skip
    if not is_time(cells["timestamp"]):
        return Rejection("E_TIME", {"value": shown(cells["timestamp"]) or "–"})
    if absent := next((name for name in _REQUIRED if not cells[name]), None):
        return Rejection("E_REQUIRED", {"field": _OF_ITEM[absent]})
    text = "".join(item.text).strip()
    if category != "CONDITION":
        return {**cells, "type": item.name, "value": text}
    level = item.name.upper()
    if level not in LEVELS:
        return Rejection("E_TYPE", {"field": "Condition", "value": shown(item.name), "expected": " | ".join(LEVELS)})
    return {**cells, "type": item.attributes.get("type", ""), "level": level, "text": text}


def _cells(columns: dict[str, str], attributes: dict[str, str]) -> dict[str, str]:
    return {column: attributes.get(name, "").strip() for column, name in columns.items()}


def _xml(problem: str, swedish: str) -> Rejection:
    return Rejection("E_XML", {"problem": problem, "problem_sv": swedish})
