"""Fills the spool of a test site as the receiver and the file door do."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from contracts.site import Site
from ingestion.spool.frames import FILE, MAGIC, Envelope, frame_head
from ingestion.spool.reader import SpooledMessage
from ingestion.spool.writer import SegmentWriter
from tests.sites import NOON, PRESS

OIL = f"{PRESS}/measurement_v1/oil_temp"


def reading(value: Any = 41.5, ts: Any = "2026-11-24T11:59:00Z", **more: Any) -> bytes:
    """A measurement in the programme's envelope."""
    return json.dumps({"ts": ts, "v": value, **more}).encode()


def numbered(boot: int, seq: int) -> tuple[tuple[str, str], ...]:
    """The user properties of a device that counts."""
    return (("boot", str(boot)), ("seq", str(seq)))


def message(topic: str = OIL, payload: bytes = b"", **fields: Any) -> SpooledMessage:
    """A message as the spool's reader gives it."""
    given: dict[str, Any] = {
        "spool": "mqtt", "segment": "mqtt/000000000000", "offset": 4, "kind": 0, "qos": 1, "dup": False,
        "retain": False, "packet_id": 0, "connection": 1, "session": 1, "received_ns": NOON, "protocol": 5,
        "user_properties": (),
    } | fields  # fmt: skip
    return SpooledMessage(topic_bytes=topic.encode(), payload=payload or reading(), **given)


def envelope(topic: str = OIL, payload: bytes = b"", **fields: Any) -> Envelope:
    """A message to be spooled."""
    return Envelope(topic.encode(), payload or reading(), **({"received_ns": NOON, "qos": 1} | fields))


def spool(site: Site, *envelopes: Envelope, folder: str = "mqtt") -> None:
    """Appends the messages and seals the segment."""
    writer = SegmentWriter(site.paths.spool / folder)
    for item in envelopes:
        writer.append(item.encode())
    writer.close()


def drop(site: Site, source: str, data: bytes, name: str = "fil.csv", received_ns: int = NOON) -> str:
    """Spools a dropped file and seals; returns the sha256 of its bytes."""
    digest = hashlib.sha256(data)
    folder = site.paths.spool / "files" / "bytes"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / digest.hexdigest()).write_bytes(data)
    spool(site, Envelope(f"{source}/{name}".encode(), digest.digest(), received_ns, kind=FILE), folder="files")
    return digest.hexdigest()


PRODUCTION = "Station;Order;Start;Slut;Artikel;Antal;Godkända;Anmärkning\r\n"


def orders(*rows: str) -> bytes:
    """A production file as a Swedish spreadsheet writes it."""
    return (PRODUCTION + "".join(f"{row}\r\n" for row in rows)).encode("cp1252")


ORDER = "Press 1;PO-1;2026-11-23 07:00;2026-11-23 15:30;bricka;1 200,5;1 180;klar"


def spool_many(site: Site, envelopes: list[Envelope]) -> None:
    """The same as `spool` for thousands, as one segment without an fsync for each."""
    SegmentWriter(site.paths.spool / "mqtt").close()
    newest = max((site.paths.spool / "mqtt").glob("*.seg"), default=None)
    number = int(newest.stem) if newest else 0
    frames = [frame_head(data) + data for data in (item.encode() for item in envelopes)]
    (site.paths.spool / "mqtt" / f"{number:012d}.seg").write_bytes(MAGIC + b"".join(frames))
    SegmentWriter(site.paths.spool / "mqtt").close()
