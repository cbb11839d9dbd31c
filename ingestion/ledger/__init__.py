"""The ledger beside landing: what was landed, counted, refused and covered. May not open landed files or decode."""

from ingestion.ledger.coverage import read_pending
from ingestion.ledger.firsts import Firsts, Said
from ingestion.ledger.ledger import Ledger
from ingestion.ledger.records import (
    Count,
    DropFile,
    DropRecord,
    Gap,
    LandedFile,
    Landing,
    NumberedEvent,
    Outbox,
    Packet,
    Pending,
    QuarantineEntry,
    Refresh,
    Refused,
    RefusedHour,
    Replay,
    Sequence,
    Snapshot,
    Superseded,
)

__all__ = [
    "Count",
    "DropFile",
    "DropRecord",
    "Firsts",
    "Gap",
    "LandedFile",
    "Landing",
    "Ledger",
    "NumberedEvent",
    "Outbox",
    "Packet",
    "Pending",
    "QuarantineEntry",
    "Refresh",
    "Refused",
    "RefusedHour",
    "Replay",
    "Said",
    "Sequence",
    "Snapshot",
    "Superseded",
    "read_pending",
]
