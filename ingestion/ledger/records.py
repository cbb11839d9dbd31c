"""What the ledger takes and tells, as plain values: datetimes in UTC, days as UTC event days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from ingestion.ledger.firsts import CONTENT as CONTENT
from ingestion.ledger.firsts import Firsts
from ingestion.ledger.firsts import Said as Said
from ingestion.rejection import Reason, explain

#: (source, device, outcome, code): outcome accepted, ignored, quarantined or duplicate; the code of what is
#: quarantined, and why a record of a file is ignored where its reader knows it (initial_state …); else ''.
Account = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Pending:
    """The event days that a refresh has to rebuild, per stream; `snapshot` is the newest touch that they include."""

    snapshot: int
    days: dict[str, list[date]]


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One Parquet file that exists; `path` is relative to landing."""

    stream: str
    version: str
    event_date: date
    path: str
    rows: int
    sha256: str


class Superseded(NamedTuple):
    """A dropped file in whose place another stands: so many of its rows in landing count no longer."""

    stream: str
    sha256: str
    rows: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One committed state: what is pending in it, every landed file, and `as_of`, the newest receive time (UTC).

    `segments`: the newest landed segment of each spool; what lies in a later one came after this state.
    """

    pending: Pending
    files: list[LandedFile]
    as_of: datetime | None
    superseded: list[Superseded]
    segments: dict[str, str] = field(default_factory=dict)

    @property
    def days(self) -> dict[str, list[date]]:
        """Every event day that has files, per stream."""
        found: dict[str, set[date]] = {}
        for file in self.files:
            found.setdefault(file.stream, set()).add(file.event_date)
        return {stream: sorted(days) for stream, days in found.items()}


@dataclass(frozen=True, slots=True)
class Count:
    """How many messages or records ended so; `code` as in an account."""

    source: str
    device: str
    outcome: str
    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """One outbox: its highest number, how many different ones came, and how many below the highest did not."""

    device: str
    boot: int
    highest: int
    distinct: int

    @property
    def missing(self) -> int:
        return self.highest + 1 - self.distinct


@dataclass(frozen=True, slots=True)
class DropRecord:
    """The outcome of one dropped file, as landing hands it in.

    `rows`: what it landed, by (stream, event day); `supersedes`: sha256 of the file whose place it is said to take.
    """

    offset: int
    sha256: str
    name: str
    source: str
    records: int
    accepted: int
    ignored: int
    quarantined: int
    duplicate: int
    received_ns: int
    rows: Mapping[tuple[str, str], int] = field(default_factory=dict)
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class DropFile:
    """The outcome row of one dropped file; `reasons` are (code, n) of its quarantined records.

    `supersedes`: names of the files in whose place it stands; `superseded_by`: the name of the one that stands in its.
    """

    sha256: str
    name: str
    source: str
    outcome: str  # accepted, superseding, partial, quarantined, duplicate
    records: int
    accepted: int
    quarantined: int
    duplicate: int
    received_at: datetime
    reasons: list[tuple[str, int]]
    supersedes: list[str] = field(default_factory=list)
    superseded_by: str | None = None
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """One quarantined message, record (from 1) or whole file (record None), as landing hands it in."""

    offset: int
    record: int | None
    code: str
    facts: dict[str, str]
    topic: str
    source: str
    device: str
    received_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class QuarantineEntry:
    """One entry of the quarantine. `state`: open, replayed or discarded; `sha256` is that of the payload or file."""

    id: int
    segment: str
    offset: int
    record: int | None
    code: str
    facts: dict[str, str]
    topic: str
    source: str
    device: str
    received_at: datetime
    sha256: str
    state: str
    decided_at: datetime | None
    note: str | None

    def words(self) -> Reason:
        """Reason and cure in Swedish and English."""
        return explain(self.code, self.facts)

    def to_dict(self) -> dict[str, Any]:
        """Plain data with the words filled in, for people and programs."""
        return {name: _plain(getattr(self, name)) for name in self.__slots__} | self.words()._asdict()


class RefusedHour(NamedTuple):
    """What was refused of one source, sender and topic within an hour of arrival (UTC)."""

    source: str
    device: str
    topic: str
    hour: datetime
    code: str
    n: int


@dataclass(frozen=True, slots=True)
class Refresh:
    """One refresh. `state`: building, transformed, published, blocked or broken."""

    id: str
    snapshot: int
    as_of: datetime | None
    started_at: datetime
    finished_at: datetime | None
    state: str
    edition: str | None
    note: str | None


#: (device, boot): the outbox of a sender, in whose numbers 0, 1, 2, … nothing is left out.
Outbox = tuple[str, int]


class NumberedEvent(NamedTuple):
    """What a number (device, boot, seq) first said, and where it stands in the spool."""

    content: bytes
    segment: str
    offset: int

    @property
    def place(self) -> str:
        """`<segment>:<offset>`."""
        return f"{self.segment}:{self.offset}"


class Gap(NamedTuple):
    """Numbers of an outbox, first and last, that are missing since a higher one came (ns since 1970 UTC)."""

    device: str
    boot: int
    first: int
    last: int
    since_ns: int


#: (session, connection) of a packet.
Link = tuple[int, int]


class Packet(NamedTuple):
    """One packet with an id: what it said, and its place among the packets of its spool, from 1."""

    link: Link
    content: bytes
    place: int


@dataclass(slots=True)
class Replay:
    """What a replay changes: committed in one transaction, or not at all. Accounts hold what is added and taken off."""

    number: int
    files: list[LandedFile] = field(default_factory=list)
    accounts: dict[str, Counter[Account]] = field(default_factory=dict)  # by segment
    closed: dict[int, str] = field(default_factory=dict)  # entry → what it became
    recoded: dict[int, Refused] = field(default_factory=dict)
    refused: list[tuple[str, Refused]] = field(default_factory=list)
    received: Counter[str] = field(default_factory=Counter)  # by segment: a file refused whole counted as one record
    drops: dict[tuple[str, int], Counter[str]] = field(default_factory=dict)
    drop_rows: dict[tuple[str, int], Counter[tuple[str, str]]] = field(default_factory=dict)  # by stream and day
    numbers: dict[str, dict[Outbox, Firsts]] = field(default_factory=dict)  # by segment
    restarted: set[Outbox] = field(default_factory=set)


@dataclass(slots=True)
class Landing:
    """Everything that one segment gives: committed in one transaction, or not at all."""

    segment: str
    sha256: str
    received: int = 0
    newest_ns: int = 0
    files: list[LandedFile] = field(default_factory=list)
    accounts: Counter[Account] = field(default_factory=Counter)
    refused: list[Refused] = field(default_factory=list)
    drops: list[DropRecord] = field(default_factory=list)
    numbers: dict[Outbox, Firsts] = field(default_factory=dict)
    restarted: set[Outbox] = field(default_factory=set)
    packets: dict[Link, list[tuple[int, bytes]]] = field(default_factory=dict)
    topics: dict[str, bytes] = field(default_factory=dict)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
