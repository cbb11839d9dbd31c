"""Blanks fields of a JSON payload at equal length, found by a tokenizer on the bytes; pure.

A value of a named field becomes the empty value of its kind and then spaces: nothing behind it moves, so offsets, and
with them event ids, stay. The tokenizer is strict about structure and lenient about what stands in a string: it finds
a field wherever a parser would, and in some places where one would refuse.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection

_SPACE = re.compile(rb"[ \t\r\n]*")
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NUMBER = re.compile(rb"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(rb"true|false|null")
#: By the first byte of a value: what it becomes.
_EMPTY = {b'"': b'""', b"{": b"{}", b"[": b"[]", b"t": b"null", b"f": b"null", b"n": b"null"}
_CLOSING = {b"{": b"}", b"[": b"]"}


class _NotJson(Exception):
    """The bytes are no JSON text."""


def blank_payload(payload: bytes, names: Collection[str]) -> bytes | None:
    """The payload, equally long, with the fields of these names emptied at any depth; as it is where it has none.

    None: it is no JSON and may hold such a field, so it cannot be blanked.
    """
    if not may_hold(payload, names):
        return payload
    try:
        return _blanked(payload, names)
    except _NotJson:
        return None


def may_hold(payload: bytes, names: Collection[str]) -> bool:
    """Whether a name stands anywhere in the bytes: plainly, in UTF-16 or UTF-32, or perhaps behind an escape."""
    if not names or not payload:
        return False
    plain = payload.replace(b"\0", b"")
    return b"\\" in plain or any(name.encode() in plain for name in names)


def _blanked(payload: bytes, names: Collection[str]) -> bytes:
    out = bytearray(payload)
    for begin, end in _Tokens(payload).values_of(names):  # an outer value comes after those inside it, and covers them
        empty = _EMPTY.get(payload[begin : begin + 1], b"0")
        out[begin:end] = empty.ljust(end - begin)
    return bytes(out)


class _Tokens:
    """Reads one JSON text from its first byte to its last; without recursion, so that no depth can harm it."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def values_of(self, names: Collection[str]) -> list[tuple[int, int]]:
        """Begin and end of the values of the named fields, in order of their ends. Raises _NotJson."""
        found: list[tuple[int, int]] = []
        open_: list[tuple[bytes, int, bool]] = []  # closing bracket, begin, whether the container's own field is named
        named = False
        while True:
            begin, first = self._at_value()
            if first in _CLOSING:
                self._at += 1
                open_.append((_CLOSING[first], begin, named))
                if not self._next_is(open_[-1][0]):
                    named = self._key_in(names) if first == b"{" else False
                    continue
            else:
                self._scalar(first)
                if named:
                    found.append((begin, self._at))
            while open_ and self._next_is(open_[-1][0]):  # everything that ends here
                _, begin, named = open_.pop()
                self._at += 1
                if named:
                    found.append((begin, self._at))
            if not open_:
                break
            self._take(b",")
            named = self._key_in(names) if open_[-1][0] == b"}" else False
        self._skip_space()
        if self._at != len(self._data):
            raise _NotJson
        return found

    def _at_value(self) -> tuple[int, bytes]:
        self._skip_space()
        return self._at, self._data[self._at : self._at + 1]

    def _scalar(self, first: bytes) -> None:
        self._match(_STRING if first == b'"' else _WORD if first in (b"t", b"f", b"n") else _NUMBER)

    def _key_in(self, names: Collection[str]) -> bool:
        self._skip_space()
        key = self._match(_STRING)
        self._take(b":")
        return _text(key) in names

    def _take(self, byte: bytes) -> None:
        if not self._next_is(byte):
            raise _NotJson
        self._at += 1

    def _next_is(self, byte: bytes) -> bool:
        self._skip_space()
        return self._data[self._at : self._at + 1] == byte

    def _skip_space(self) -> None:
        found = _SPACE.match(self._data, self._at)
        self._at = found.end() if found else self._at

    def _match(self, token: re.Pattern[bytes]) -> bytes:
        found = token.match(self._data, self._at)
        if found is None:
            raise _NotJson
        self._at = found.end()
        return found[0]


def _text(key: bytes) -> str:
    """A key as a parser reads it: `"us\\u0065r"` is user."""
    text = key.decode(errors="replace")
    if "\\" not in text:
        return text[1:-1]
    try:
        return str(json.loads(text, strict=False))
    except ValueError as error:
        raise _NotJson from error
