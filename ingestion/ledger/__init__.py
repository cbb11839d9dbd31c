"""The ledger beside landing: what was landed, counted, refused and covered. May not open landed files or decode."""

from ingestion.ledger.coverage import read_pending
from ingestion.ledger.ledger import Ledger
from ingestion.ledger.records import (
    Count,
    DropFile,
    DropRecord,
    LandedFile,
    Landing,
    NumberedEvent,
    Packet,
    Pending,
    QuarantineEntry,
    Refresh,
    Refused,
    Replay,
    Sequence,
    Snapshot,
)

__all__ = [
    "Count",
    "DropFile",
    "DropRecord",
    "LandedFile",
    "Landing",
    "Ledger",
    "NumberedEvent",
    "Packet",
    "Pending",
    "QuarantineEntry",
    "Refresh",
    "Refused",
    "Replay",
    "Sequence",
    "Snapshot",
    "read_pending",
]
