"""The door to the ledger: one object per site, one short connection per question, one transaction per change."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from contracts.faults import point
from ingestion.ledger import accounts, coverage, identities, numbers, refreshes, refusals, replays, superseding
from ingestion.ledger.database import reading, writing
from ingestion.ledger.records import (
    Count,
    DropFile,
    Gap,
    LandedFile,
    Landing,
    Pending,
    QuarantineEntry,
    Refresh,
    RefusedHour,
    Replay,
    Sequence,
    Snapshot,
    Superseded,
)


class Ledger:
    """What exists at one site. Every method sees the newest committed state; safe in threads and processes."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def pending(self) -> Pending:
        """The event days without a refresh that covers them, per stream, and the snapshot to cover them with."""
        with reading(self.path) as connection:
            return coverage.pending(connection)

    def snapshot(self) -> Snapshot:
        """Everything that a refresh is planned from, of one committed state: landing goes on while it is read."""
        with reading(self.path) as connection:
            return coverage.snapshot(connection)

    def cover(self, snapshot: int) -> None:
        """Marks as covered what was touched up to `snapshot`."""
        with writing(self.path) as connection:
            coverage.cover(connection, snapshot)

    def landed_files(self) -> list[LandedFile]:
        """The list of landed files: the only one that readers may use."""
        with reading(self.path) as connection:
            return coverage.landed_files(connection)

    def superseded(self) -> list[Superseded]:
        """The dropped files in whose place others stand, with their rows per stream."""
        with reading(self.path) as connection:
            return coverage.superseded_files(connection)

    def successors(self) -> dict[str, str]:
        """sha256 of a dropped file → sha256 of the one that stands in its place."""
        with reading(self.path) as connection:
            return coverage.successors(connection)

    def counts(self) -> list[Count]:
        """Messages and records by source, device, outcome and code."""
        with reading(self.path) as connection:
            return accounts.counts(connection)

    def received(self) -> int:
        """Messages and records in the landed segments: what `counts` must add up to."""
        with reading(self.path) as connection:
            return accounts.received(connection)

    def sequences(self) -> list[Sequence]:
        """The outboxes that count, with their missing numbers."""
        with reading(self.path) as connection:
            return numbers.sequences(connection)

    def gaps(self) -> list[Gap]:
        """The numbers that are missing below the highest that came, and since when; a gap that is filled is gone."""
        with reading(self.path) as connection:
            return numbers.gaps(connection)

    def drop_files(self) -> list[DropFile]:
        """One outcome per dropped file, in order of arrival."""
        with reading(self.path) as connection:
            return accounts.drop_files(connection)

    def quarantined(
        self, limit: int | None = None, *, newest_first: bool = False, **filters: Any
    ) -> list[QuarantineEntry]:
        """Entries of the quarantine in order of arrival; filters: id, code, source, device, segment, state, sha256."""
        with reading(self.path) as connection:
            return refusals.entries(connection, filters, limit, newest_first=newest_first)

    def refused_by_hour(self) -> list[RefusedHour]:
        """How much was refused, by source, sender, topic, hour of arrival and code; without what was replayed since."""
        with reading(self.path) as connection:
            return refusals.by_hour(connection)

    def discard(self, entry: int, note: str, now_ns: int) -> bool:
        """Closes an open entry for good; it stays counted as quarantined. False when it is not open."""
        with writing(self.path) as connection:
            return refusals.decide(connection, entry, "discarded", now_ns, note)

    def record_refresh(
        self, id: str, snapshot: int, as_of: datetime | None, started_at: datetime, state: str,
        finished_at: datetime | None = None, edition: str | None = None, note: str | None = None,
    ) -> None:  # fmt: skip
        """Writes the row of a refresh, again each time its state changes."""
        with writing(self.path) as connection:
            refreshes.record(connection, Refresh(id, snapshot, as_of, started_at, finished_at, state, edition, note))

    def last_refresh(self) -> Refresh | None:
        """The refresh that began last."""
        with reading(self.path) as connection:
            return refreshes.last(connection)

    def landed_segments(self) -> dict[str, str]:
        """Segment → sha256 of its bytes, for every segment that has been landed."""
        with reading(self.path) as connection:
            return dict(connection.execute("SELECT segment, sha256 FROM segment").fetchall())

    def commit(self, landing: Landing, now_ns: int) -> None:
        """ONE transaction: the segment and everything that it gave. Its files must be on disk under their names."""
        self.commit_all([landing], now_ns)

    def commit_all(self, landings: list[Landing], now_ns: int) -> None:
        """The same for segments that were judged one after the other: all of them, or none."""
        with writing(self.path) as connection:
            for landing in landings:
                connection.execute(
                    "INSERT INTO segment VALUES (?, ?, ?, ?, ?)",
                    (landing.segment, landing.sha256, landing.received, landing.newest_ns, now_ns),
                )
                coverage.touch(connection, landing.files)
                accounts.add(connection, landing.segment, landing.accounts)
                accounts.add_drops(connection, landing.segment, landing.drops)
                refusals.add(connection, landing.segment, landing.refused)
                superseding.remember(connection, landing.segment, landing.drops)
                identities.remember(connection, landing)
            if any(superseding.may_supersede(landing.drops) for landing in landings):
                superseding.settle(connection)
            point("seal.in-ledger")

    def next_replay(self) -> int:
        """The number of the next replay, from 1."""
        with reading(self.path) as connection:
            return replays.next_number(connection)

    def commit_replay(self, replay: Replay, now_ns: int) -> None:
        """ONE transaction: the new files, what the entries became, and the counts that follow."""
        with writing(self.path) as connection:
            replays.commit(connection, replay, now_ns)
