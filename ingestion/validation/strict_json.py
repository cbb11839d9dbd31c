"""Reads one JSON object strictly: what both common parsers accept without a word is named here.

orjson is fast and right on most things; duplicate keys, integers beyond 2^64 and NUL pass it silently. A cheap test
tells whether one of them may be there, and only then the slow reading names it. Integers beyond 2^53 are exact here:
a time in nanoseconds is one; as a value they are refused by `values`.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson

from ingestion.rejection import Rejection, shown

MAX_BYTES, MAX_DEPTH, MAX_KEYS, MAX_INTEGER = 65_536, 16, 200, 2**53
_KEYS = re.compile(rb'"\s*:')
_LONG_INTEGER = re.compile(rb"(?<![\d.])\d{16,}(?![\d.eE])")
_TINY = re.compile(rb"-?\d{1,30}(?:\.\d{1,30})?[eE]-\d{3,9}(?![\d])")
_ENCODING = {"encoding": "utf-8"}


def read_object(payload: bytes) -> dict[str, Any] | Rejection:
    """The object, or the rejection that says what is wrong with the bytes."""
    if not payload:
        return Rejection("E_EMPTY")
    if len(payload) > MAX_BYTES:
        return Rejection("E_SIZE", {"limit": str(MAX_BYTES)})
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return _why_not(payload, str(error))
    if not isinstance(value, dict):
        return Rejection("E_SHAPE")
    keys, depth = _measure(value, 1)
    if depth > MAX_DEPTH:
        return Rejection("E_DEPTH")
    if keys > MAX_KEYS:
        return Rejection("E_KEYS")
    return _judged(payload, keys) or value


def read_document(payload: bytes) -> Any | Rejection:
    """The value of a whole file, of whatever size, as strictly."""
    try:
        value = orjson.loads(payload)
    except orjson.JSONDecodeError as error:
        return _why_not(payload, str(error), nested="ecursion" in str(error))
    keys, depth = _measure(value, 1)
    if depth > MAX_DEPTH:
        return Rejection("E_DEPTH")
    return _judged(payload, keys) or value


def _judged(payload: bytes, keys: int) -> Rejection | None:
    """What both parsers accept without a word, if it may be there: told by the number of keys, and by signs."""
    if len(_KEYS.findall(payload)) != keys or _LONG_INTEGER.search(payload) or b"\\u0000" in payload:
        return _suspicious(payload.decode())
    return None


def underflows(payload: bytes) -> bool:
    """Whether a number that is not 0 is read as 0, because no float is as small."""
    return any(float(number) == 0.0 and re.search(rb"[1-9]", number.lower().partition(b"e")[0])
               for number in _TINY.findall(payload))  # fmt: skip


def read_text(payload: bytes) -> dict[str, Any] | Rejection:
    """A payload that is a bare word, as {"text": word}."""
    if not payload:
        return Rejection("E_EMPTY")
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return Rejection("E_ENCODING", _ENCODING)
    return Rejection("E_CONTROL") if "\0" in text else {"text": text}


def _measure(value: Any, depth: int) -> tuple[int, int]:
    """Number of keys in all, and the depth of the deepest container (stops counting past the limit)."""
    if depth > MAX_DEPTH:
        return 0, depth
    inside = value.values() if isinstance(value, dict) else value
    keys, deepest = len(value) if isinstance(value, dict) else 0, depth
    for item in inside:
        if isinstance(item, dict | list):
            more, below = _measure(item, depth + 1)
            keys, deepest = keys + more, max(deepest, below)
    return keys, deepest


class _Refused(Exception):
    def __init__(self, rejection: Rejection) -> None:
        self.rejection = rejection


def _suspicious(text: str) -> Rejection | None:
    """The slow reading: duplicate keys, unsafe integers, control characters."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        seen = dict(items)
        if len(seen) != len(items):
            names = [key for key, _ in items]
            raise _Refused(Rejection("E_DUPKEY", {"field": next(n for n in names if names.count(n) > 1)}))
        for key, value in items:
            if "\0" in key or (isinstance(value, str) and "\0" in value):
                raise _Refused(Rejection("E_CONTROL"))
            if isinstance(value, int) and not -(2**63) <= value < 2**64:  # orjson made a float of it
                raise _Refused(Rejection("E_RANGE", {"field": key}))
        return seen

    try:
        json.loads(text, object_pairs_hook=pairs, parse_int=_integer)
    except _Refused as refused:
        return refused.rejection
    return None


def _integer(digits: str) -> int:
    if len(digits) > 400:  # longer than any float: the value is only told to be out of range
        raise _Refused(Rejection("E_RANGE", {"field": shown(digits)}))
    return int(digits)


def _why_not(payload: bytes, problem: str, nested: bool | None = None) -> Rejection:
    """Which of the reasons made the parser refuse; `nested`: whether it was the depth, None where that is guessed."""
    if payload[:3] == b"\xef\xbb\xbf" or payload.count(0) * 4 >= len(payload):
        return Rejection("E_ENCODING", _ENCODING)
    try:
        text = payload.decode()
    except UnicodeDecodeError:
        return Rejection("E_ENCODING", _ENCODING)
    if "\0" in text:
        return Rejection("E_CONTROL")
    if nested or (nested is None and text.count("[") + text.count("{") > MAX_DEPTH * 32):
        return Rejection("E_DEPTH")
    return _json_but_for(text) or Rejection("E_JSON", {"problem": shown(problem, 120)})


def _json_but_for(text: str) -> Rejection | None:
    """E_RANGE when the text is JSON but for a number that no float can hold, E_ENCODING for half a surrogate pair."""

    def real(digits: str) -> float:
        value = float(digits)
        if value in (float("inf"), float("-inf")):
            raise _Refused(Rejection("E_RANGE", {"field": shown(digits)}))
        return value

    def constant(name: str) -> float:
        raise ValueError(name)

    try:
        value = json.loads(text, parse_float=real, parse_int=_integer, parse_constant=constant)
        json.dumps(value, ensure_ascii=False).encode()
    except _Refused as refused:
        return refused.rejection
    except UnicodeEncodeError:
        return Rejection("E_ENCODING", _ENCODING)
    except (ValueError, RecursionError):
        return None
    return None
