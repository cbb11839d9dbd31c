"""Which dropped files stand in the place of others, by their names or by the word of who dropped them."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from ingestion.ledger import coverage
from ingestion.ledger.records import DropRecord

#: `<stream>__<source>__<from>_<to>__<nnn>.<ext>`: a later number of one range takes the place of the earlier ones.
_NAME = re.compile(
    r"(?P<what>[a-z][a-z0-9]*(?:_[a-z0-9]+)*__[A-Za-z0-9]+(?:[._-][A-Za-z0-9]+)*)__(?P<days>[0-9-]{4,10}_[0-9-]{4,10})"
    r"__(?P<number>[0-9]{3,9})\.[a-z0-9]+"
)


class Version(NamedTuple):
    """A file's place among those of one range: the source it was dropped for, stream, source and days of its name."""

    source: str
    range: str
    number: int


class _Dropped(NamedTuple):
    """One drop in order of arrival; `took_effect`: it was neither refused as a whole nor the same bytes again."""

    sha256: str
    source: str
    name: str
    supersedes: str | None
    received_ns: int
    took_effect: bool


def version_of(source: str, name: str) -> Version | None:
    """What a name says of its file; None for a person's own name. Dashes in the days are no difference."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    return Version(source, f"{found['what']}__{found['days'].replace('-', '')}", int(found["number"]))


def may_supersede(drops: Iterable[DropRecord]) -> bool:
    """Whether one of these drops can change what stands in whose place."""
    return any(drop.supersedes or version_of(drop.source, drop.name) for drop in drops)


def remember(connection: sqlite3.Connection, segment: str, drops: Iterable[DropRecord]) -> None:
    """Where the rows of the dropped files landed, and whose place they are said to take."""
    for drop in drops:
        add_rows(connection, segment, drop.offset, dict(drop.rows))
        if drop.supersedes:
            connection.execute("INSERT INTO drop_successor VALUES (?, ?, ?)", (segment, drop.offset, drop.supersedes))


def add_rows(connection: sqlite3.Connection, segment: str, offset: int, rows: dict[tuple[str, str], int]) -> None:
    """Adds landed rows of a dropped file, by stream and event day."""
    connection.executemany(
        "INSERT INTO drop_day VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows",
        [(segment, offset, stream, day, n) for (stream, day), n in rows.items()],
    )


def settle(connection: sqlite3.Connection) -> None:
    """Brings the superseded files up to date; the days of each that now counts, or counts no more, are touched."""
    before = dict(connection.execute("SELECT sha256, by_sha256 FROM superseded_file").fetchall())
    landed = {
        sha256
        for (sha256,) in connection.execute(
            "SELECT DISTINCT sha256 FROM drop_file JOIN drop_day USING (segment, spool_offset)"
        )
    }  # of what an older program landed nobody knows the days: it counts until landing is rebuilt
    now = {old: by for old, by in superseded(_drops(connection)).items() if old in landed}
    if before == {sha256: by for sha256, (by, _) in now.items()}:
        return
    connection.execute("DELETE FROM superseded_file")
    connection.executemany("INSERT INTO superseded_file VALUES (?, ?, ?)", [(own, *by) for own, by in now.items()])
    days = {
        (stream, day)
        for changed in before.keys() ^ now.keys()
        for stream, day in connection.execute(
            "SELECT stream, event_date FROM drop_day JOIN drop_file USING (segment, spool_offset) WHERE sha256 = ?",
            (changed,),
        )
    }
    coverage.touch_days(connection, sorted(days))


def superseded(drops: list[_Dropped]) -> dict[str, tuple[str, int]]:
    """sha256 → (sha256 of what stands in its place, when that was received in ns): a function of the drops alone.

    The highest number of a range stands. What was said at a drop holds too, unless the file is itself the other's past.
    """
    taken = {drop.sha256 for drop in drops if drop.took_effect}
    out: dict[str, tuple[str, int]] = {}
    ranges: defaultdict[tuple[str, str], dict[str, tuple[int, int]]] = defaultdict(dict)
    for drop in drops:
        version = version_of(drop.source, drop.name) if drop.sha256 in taken else None
        if version is not None:
            files = ranges[version.source, version.range]
            files[drop.sha256] = max(files.get(drop.sha256, (-1, 0)), (version.number, -drop.received_ns))
    for _, files in sorted(ranges.items()):
        newest = max(files, key=lambda sha256: (files[sha256][0], sha256))
        for sha256, (number, _) in files.items():
            if number < files[newest][0]:
                out[sha256] = (newest, -files[newest][1])
    for drop in drops:
        old = drop.supersedes
        if old and old not in out and drop.sha256 in taken and old != drop.sha256 and not _leads(out, drop.sha256, old):
            out[old] = (drop.sha256, drop.received_ns)
    return out


def _leads(places: dict[str, tuple[str, int]], start: str, end: str) -> bool:
    """Whether `end` stands, by one step or several, in the place of `start`."""
    seen: set[str] = set()
    while start in places and start not in seen:
        seen.add(start)
        start = places[start][0]
    return start == end or end in seen


def _drops(connection: sqlite3.Connection) -> list[_Dropped]:
    rows = connection.execute(
        "SELECT sha256, source, name, supersedes, received_ns,"
        " NOT duplicate AND (accepted OR ignored OR NOT quarantined)"
        " FROM drop_file LEFT JOIN drop_successor USING (segment, spool_offset)"
        " ORDER BY received_ns, segment, spool_offset"
    )
    return [
        _Dropped(sha256, source, name, supersedes, received_ns, bool(took_effect))
        for sha256, source, name, supersedes, received_ns, took_effect in rows
    ]
