"""Recordings of prints that did not end well, made from the recorded good one as OctoPrint would have sent them."""

from __future__ import annotations

import json
from typing import Any

from contracts.paths import PRODUCT

RECORDING = PRODUCT / "demo" / "recordings" / "octoprint_mqtt_print_ok.jsonl"
Item = dict[str, Any]


def good() -> list[Item]:
    """The recorded print, line by line."""
    return [json.loads(line) for line in RECORDING.read_text(encoding="utf-8").splitlines()]


def cancelled(shift_s: int) -> list[Item]:
    """Someone presses cancel half-way: PrintCancelling, PrintCancelled and then PrintFailed with reason cancelled."""
    items, now = _half(shift_s)
    job = _job()
    return [
        *items,
        _event("PrinterStateChanged", now, state_id="CANCELLING", state_string="Cancelling"),
        _event("PrintCancelling", now, **job),
        _event("PrintCancelled", now + 1, **job, time=170.5),
        _event("PrintFailed", now + 1, **job, time=170.5, reason="cancelled"),
        _event("PrinterStateChanged", now + 2, state_id="OPERATIONAL", state_string="Operational"),
    ]


def failed(shift_s: int) -> list[Item]:
    """The firmware reports an error half-way."""
    items, now = _half(shift_s)
    return [
        *items,
        _event("Error", now, error="Thermal runaway", reason="firmware"),
        _event("PrintFailed", now, **_job(), time=170.5, reason="error"),
        _event("PrinterStateChanged", now + 1, state_id="CLOSED_WITH_ERROR", state_string="Offline after error"),
    ]


def cut_off(shift_s: int) -> list[Item]:
    """The print server loses power half-way: the broker publishes the plugin's last will, and nothing follows."""
    items, now = _half(shift_s)
    return [*items, {"received": now, "topic": "octoPrint/mqtt", "qos": 1, "retain": True, "payload": "disconnected"}]


def moved(items: list[Item], shift_s: int) -> list[Item]:
    """The same messages so many seconds later (or earlier), in the device's own times too."""
    out = []
    for item in items:
        payload = item["payload"]
        if "_timestamp" in payload:
            data = json.loads(payload)
            data["_timestamp"] += shift_s
            payload = json.dumps(data)
        out.append(item | {"received": item["received"] + shift_s, "payload": payload})
    return out


def _half(shift_s: int) -> tuple[list[Item], int]:
    """The messages up to half of the print, and the second at which the last of them was sent."""
    items = moved(good(), shift_s)
    end = next(
        place
        for place, item in enumerate(items)
        if item["topic"] == "octoPrint/progress/printing" and json.loads(item["payload"])["progress"] == 50
    )
    return items[: end + 1], int(items[end]["received"]) + 1


def _job() -> Item:
    return {"name": "kub_20mm_åäö.gcode", "path": "kub_20mm_åäö.gcode", "origin": "local", "size": 26155}


def _event(event: str, now: int, **fields: Any) -> Item:
    payload = json.dumps({**fields, "_event": event, "_timestamp": now})
    return {"received": now, "topic": f"octoPrint/event/{event}", "qos": 0, "retain": False, "payload": payload}
