"""The message cases of the table of bad inputs that fit into any topic: what it is, the payload, and the code it gets.

An empty code stands for a message that looks bad and is not.
"""

from __future__ import annotations

import gzip
import json

TS = "2026-11-24T11:59:00Z"


def _said(**fields: object) -> bytes:
    return json.dumps({"ts": TS, "v": 41.5, **fields}).encode()


def _raw(value: str) -> bytes:
    """A value that no JSON library would write."""
    return f'{{"ts":"{TS}","v":{value}}}'.encode()


POISON: list[tuple[str, bytes, str]] = [
    ("1 empty payload", b"", "E_EMPTY"),
    ("3 random bytes", bytes(range(128, 256)), "E_ENCODING"),
    ("4 UTF-16", _said().decode().encode("utf-16"), "E_ENCODING"),
    ("5 BOM and JSON", b"\xef\xbb\xbf" + _said(), "E_ENCODING"),
    ("6 invalid UTF-8", b'{"ts":"\xff","v":1}', "E_ENCODING"),
    ("7 lone surrogate", f'{{"ts":"{TS}","v":1,"run":"\\ud800"}}'.encode(), "E_ENCODING"),
    ("8 NUL in a string", f'{{"ts":"{TS}","v":1,"run":"a\\u0000b"}}'.encode(), "E_CONTROL"),
    ("9 truncated JSON", _said()[:-3], "E_JSON"),
    ("10 two documents", _said() + _said(), "E_JSON"),
    ("11 trailing comma", f'{{"ts":"{TS}","v":1,}}'.encode(), "E_JSON"),
    ("12 top-level array", b"[1,2]", "E_SHAPE"),
    ("13 top-level scalar", b"41.5", "E_SHAPE"),
    ("14 null", b"null", "E_SHAPE"),
    ("15 nesting of 30,000", b"[" * 30_000 + b"]" * 30_000, "E_DEPTH"),
    ("16 nesting of 17", _raw("[" * 16 + "1" + "]" * 16), "E_DEPTH"),
    ("17 too many keys", json.dumps({f"k{n}": n for n in range(3_000)}).encode(), "E_KEYS"),
    ("19 duplicate keys", f'{{"ts":"{TS}","v":1,"v":2}}'.encode(), "E_DUPKEY"),
    ("20 gzip", gzip.compress(_said(), mtime=0), "E_ENCODING"),
    ("21 NaN", _raw("NaN"), "E_JSON"),
    ("22 Infinity", _raw("Infinity"), "E_JSON"),
    ("23 1e999", _raw("1e999"), "E_RANGE"),
    ("24 minus zero", _raw("-0.0"), ""),
    ("25 underflow", _raw("1e-400"), ""),
    ("26 integer of 5,000 digits", _raw("9" * 5_000), "E_RANGE"),
    ("27 2^53 + 1", _raw("9007199254740993"), "E_PRECISION"),
    ("28 2^64 as seq", _said(boot=7, seq=2**64), "E_RANGE"),
    ("29 negative seq", _said(boot=7, seq=-1), "E_SEQ"),
    ("30 seq as text", _said(boot=7, seq="1"), "E_TYPE"),
    ("31 true as value", _raw("true"), "E_TYPE"),
    ("32 decimal comma in a text", _raw('"12,5"'), "E_TYPE"),
    ("33 empty text as value", _raw('""'), "E_TYPE"),
    ("34 null as value", _raw("null"), "E_REQUIRED"),
    ("35 object as value", _raw('{"a":1}'), "E_TYPE"),
    ("36 outside the physical range", _raw("5000"), ""),
    ("39 unknown unit", _said(u="furlong"), "E_UNIT"),
    ("40 another unit", _said(u="[degF]"), "E_UNIT"),
    ("42 no time", b'{"v":1}', "E_TIME"),
    ("43 1970", _said(ts="1970-01-01T00:00:00Z"), "E_TIME_OLD"),
    ("44 year 9999", _said(ts="9999-12-31T00:00:00Z"), "E_TIME_FUTURE"),
    ("46 no time zone", _said(ts="2026-11-24T11:59:00"), "E_TIME_ZONE"),
    ("48 leap second", _said(ts="2026-11-24T11:59:60Z"), ""),
    ("50 30 February", _said(ts="2026-02-30T11:59:00Z"), "E_TIME"),
    ("54 another device", _said(device="somebody-else"), "E_SPOOF"),
    ("101 required field absent", f'{{"ts":"{TS}"}}'.encode(), "E_REQUIRED"),
]
