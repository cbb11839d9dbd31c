"""Typed values: what a field must be, from JSON (typed already) and from tables (text in a declared dialect)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

from contracts.sources import Dialect
from ingestion.rejection import Rejection, as_json, shown
from ingestion.validation.strict_json import MAX_INTEGER

#: How numbers stand in texts that no program for tables wrote.
PLAIN = Dialect(delimiter="|", quote='"', decimal=".")
#: Reads one present value: the typed value, or the rejection. The second argument names the field in the reason.
Read = Callable[[Any, str], Any]


def _wrong(field: str, value: Any, expected: str) -> Rejection:
    return Rejection("E_TYPE", {"field": field, "value": as_json(value), "expected": expected})


def json_string(value: Any, field: str) -> Any:
    """Text as it is."""
    return value if isinstance(value, str) else _wrong(field, value, "text")


def json_number(value: Any, field: str) -> Any:
    """A finite float; -0.0 becomes 0.0. A boolean is no number, nor is a number in quotes."""
    kind = type(value)
    if kind is not float and kind is not int:
        return _wrong(field, value, "number")
    if kind is int and not -MAX_INTEGER <= value <= MAX_INTEGER:
        return Rejection("E_PRECISION", {"field": field})
    return float(value) + 0.0


def json_integer(value: Any, field: str) -> Any:
    """A whole number written as one."""
    if type(value) is not int:
        return _wrong(field, value, "integer")
    return value if -MAX_INTEGER <= value <= MAX_INTEGER else Rejection("E_PRECISION", {"field": field})


def json_boolean(value: Any, field: str) -> Any:
    """True or false."""
    return value if isinstance(value, bool) else _wrong(field, value, "true/false")


FROM_JSON: dict[str, Read] = {
    "string": json_string, "number": json_number, "integer": json_integer, "boolean": json_boolean,
}  # fmt: skip


def table_readers(dialect: Dialect) -> dict[str, Read]:
    """The readers for cells of a table in that dialect."""
    return {"string": json_string, "number": _number(dialect), "integer": _integer, "boolean": _boolean}


def _number(dialect: Dialect) -> Read:
    mark, other = dialect.decimal, "." if dialect.decimal == "," else ","
    groups = {"": "", " ": "[ \u00a0\u202f]"}.get(dialect.thousands, re.escape(dialect.thousands))
    whole = rf"(?:\d{{1,3}}(?:{groups}\d{{3}})+|\d+)" if groups else r"\d+"
    form = re.compile(rf"[+-]?{whole}(?:{re.escape(mark)}\d+)?(?:[eE][+-]?\d{{1,3}})?", re.ASCII)
    foreign = re.compile(rf"[+-]?\d+{re.escape(other)}\d+", re.ASCII)
    drop = re.compile(groups) if groups else None

    def read(text: Any, field: str) -> Any:
        if isinstance(text, int | float):  # a constant of the mapping
            return json_number(text, field)
        if not form.fullmatch(text):
            if foreign.fullmatch(text):
                told = f"{field}: {shown(text)}"
                problem = {"problem": f"{told}, decimal mark '{mark}'", "problem_sv": f"{told}, decimaltecken ”{mark}”"}
                return Rejection("E_DIALECT", problem)
            return _wrong(field, text, "number")
        plain = drop.sub("", text) if drop else text
        value = float(plain.replace(mark, "."))
        if not math.isfinite(value):
            return Rejection("E_RANGE", {"field": field})
        if abs(value) >= MAX_INTEGER and plain.lstrip("+-").isdigit() and int(plain) != int(value):
            return Rejection("E_PRECISION", {"field": field})
        return value + 0.0

    return read


def _integer(text: Any, field: str) -> Any:
    if isinstance(text, int | float):
        return json_integer(text, field)
    if not re.fullmatch(r"[+-]?\d{1,30}", text, re.ASCII):
        return _wrong(field, text, "integer")
    value = int(text)
    return value if abs(value) <= MAX_INTEGER else Rejection("E_PRECISION", {"field": field})


def _boolean(text: Any, field: str) -> Any:
    if isinstance(text, bool):
        return text
    return {"true": True, "false": False}.get(str(text).lower(), _wrong(field, text, "true/false"))
