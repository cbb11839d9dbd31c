"""Reads the number of a message in its sender's outbox: boot and seq, from user properties or from the payload."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from ingestion.rejection import Rejection, as_json, shown
from ingestion.validation.strict_json import MAX_INTEGER

_DECIMAL = re.compile(r"0|[1-9]\d{0,15}", re.ASCII)


class Number(NamedTuple):
    """Place in one outbox: its epoch, and 0, 1, 2, … within it."""

    boot: int
    seq: int


def from_properties(properties: tuple[tuple[str, str], ...]) -> Number | Rejection | None:
    """The number in the MQTT 5 user properties; None when neither is there."""
    if not properties:
        return None
    if len(properties) == 2:
        (first, boot), (second, seq) = properties
        if first == "boot" and second == "seq" and len(boot) < 16 > len(seq) and _plain(boot) and _plain(seq):
            return Number(int(boot), int(seq))  # as our outbox writes them
    found = {key: value for key, value in properties if key in ("boot", "seq")}
    if not found:
        return None
    count = sum(1 for key, _ in properties if key in found)
    if count != 2 or len(found) != 2 or not all(_DECIMAL.fullmatch(value) for value in found.values()):
        return _wrong(" ".join(f"{key}={value}" for key, value in properties if key in found))
    return _checked(int(found["boot"]), int(found["seq"]))


def _plain(digits: str) -> bool:
    return digits.isascii() and digits.isdecimal() and digits[0] != "0"


def from_payload(data: dict[str, Any]) -> Number | Rejection | None:
    """The number in the fields of the envelope; None when neither is there."""
    boot, seq = data.get("boot"), data.get("seq")
    if boot is None and seq is None:
        return None
    for field, value in (("boot", boot), ("seq", seq)):
        if value is not None and type(value) is not int:
            if type(value) is float and abs(value) > MAX_INTEGER:
                return Rejection("E_RANGE", {"field": field})
            return Rejection("E_TYPE", {"field": field, "value": as_json(value), "expected": "integer"})
    if boot is None or seq is None:
        return _wrong(f"boot={boot} seq={seq}")
    return _checked(boot, seq)


def _checked(boot: int, seq: int) -> Number | Rejection:
    if boot < 1 or seq < 0 or max(boot, seq) >= MAX_INTEGER:
        return _wrong(f"boot={boot} seq={seq}")
    return Number(boot, seq)


def _wrong(value: str) -> Rejection:
    return Rejection("E_SEQ", {"value": shown(value)})
