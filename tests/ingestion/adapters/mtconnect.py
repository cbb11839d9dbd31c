"""Sources of MTConnect for tests, and writers that turn the cells of records back into a log or a document."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from contracts.site import Site
from ingestion.adapters.file_adapter import FileAdapter
from ingestion.adapters.records import Found
from ingestion.rejection import Rejection
from tests.sites import emit, make_site, source

AT = {"column": "timestamp"}
WORDS = {"ACTIVE": "producing", "READY": "idle", "UNAVAILABLE": "unknown"}


def _format(adapter: str, key: str, **parts: Any) -> dict[str, Any]:
    state = emit("state", {"column": key, "one_of": ["execution", "Execution"]}, observed_at=AT,
                 state={"column": "value", "map": WORDS}, reason={"column": "value"})  # fmt: skip
    value = emit("measurement", {"column": key, "one_of": ["Cfrt", "AngularVelocity"]}, channel={"const": "c_feed"},
                 observed_at=AT, value={"column": "value", "scale": 1 / 60})  # fmt: skip
    value |= {"unless": {"column": "value", "one_of": ["UNAVAILABLE"]}}
    alarm = emit("event", {"column": "level", "one_of": ["FAULT", "WARNING"]}, observed_at=AT,
                 kind={"column": "native_code"}, detail={"column": "text"})  # fmt: skip
    return {"adapter": adapter, "encoding": "utf-8", "emit": [state, value, alarm], **parts}


def make_mtconnect_site(folder: Path, gap_s: float | None = 3600) -> Site:
    """A site with the sources `log` (SHDR) and `agent` (XML), both of the machine dal-press-1."""
    transport, equipment = {"kind": "file", "pattern": "*"}, {"fixed": "dal-press-1"}
    initial = {"initial_state": {"gap_s": gap_s}} if gap_s else {}
    shdr, xml = _format("shdr", "key", **initial), _format("mtconnect_xml", "type")
    return make_site(folder, sources={
        "log": source("log", transport=transport, equipment=equipment, format=shdr),
        "agent": source("agent", transport=transport, equipment=equipment, format=xml),
    })  # fmt: skip


def log(*lines: str) -> bytes:
    """A log of these lines."""
    return "".join(f"{line}\n" for line in lines).encode()


def line(cells: dict[str, str]) -> str:
    """The line of a log that says one record."""
    key = f"{cells['device']}:{cells['key']}" if "device" in cells else cells["key"]
    stamp = f"{cells['timestamp']}@{cells['duration']}" if "duration" in cells else cells["timestamp"]
    if "level" in cells:
        rest = [cells[name] for name in ("level", "native_code", "native_severity", "qualifier", "text")]
    else:
        rest = [cells["value"]]
    return "|".join([stamp, key, *rest])


def document(*items: str, space: str = "urn:mtconnect.org:MTConnectStreams:1.3", category: str = "Events") -> bytes:
    """A document of an agent with these elements in one component."""
    return (
        f'<?xml version="1.0"?>\n<MTConnectStreams xmlns="{space}"><Header creationTime=""/><Streams>\n'
        '<DeviceStream name="Mill" uuid="u-1"><ComponentStream component="Path" name="path" componentId="p1">\n'
        f"<{category}>\n" + "\n".join(items) + f"\n</{category}></ComponentStream></DeviceStream></Streams>"
        "</MTConnectStreams>"
    ).encode()


def element(tag: str, text: str, **attributes: str) -> str:
    """One sample, event or condition."""
    told = "".join(f" {key}={quoteattr(value)}" for key, value in attributes.items())
    return f"<{tag}{told}>{escape(text)}</{tag}>"


def execution(word: str, timestamp: str = "2026-11-24T10:00:00Z", sequence: str = "7") -> str:
    """An event of a path's execution."""
    return element("Execution", word, dataItemId="e1", timestamp=timestamp, sequence=sequence, name="exec")


def cells(adapter: FileAdapter, data: bytes) -> list[Found]:
    """What a whole file says, record by record."""
    found = adapter.read(data)
    assert not isinstance(found, Rejection), found
    return [record.cells for record in found.records]
