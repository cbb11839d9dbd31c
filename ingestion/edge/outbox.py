"""The outbox of a device: what was put is on disk, and stays until the site has it; needs the standard library only."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from contracts.errors import StateError, TransientError, UsageError
from contracts.faults import point

MAX_BOOT = (1 << 53) - 1
MAX_PAYLOAD = 65_536  # what the site's broker takes; a larger message would be cut off at each try, for ever
MAX_TOPIC = 1_000  # bytes; with it, a message stays below the broker's largest packet
LIMIT_BYTES = 1 << 30
_ROW_BYTES = 64  # what a row costs beside its topic and payload, roughly
_SCHEMA = """
CREATE TABLE outbox (
    boot INTEGER NOT NULL,             -- epoch of this outbox, drawn when it was created
    next INTEGER NOT NULL,             -- the number of the next message
    acknowledged INTEGER NOT NULL,     -- the site has everything up to it
    bytes INTEGER NOT NULL             -- what the stored messages take, roughly
);
CREATE TABLE message (seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, payload BLOB NOT NULL);
CREATE TABLE mark (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;
"""


class OutboxFull(TransientError):
    """The outbox takes no more: its limit or the disk is reached. Nothing was stored and nothing was dropped."""


class OutboxDamaged(StateError):
    """The file broke while it was open. Whoever opens it next sets it aside and begins a new one."""


class Stored(NamedTuple):
    """One message that waits."""

    seq: int
    topic: str
    payload: bytes


class State(NamedTuple):
    """One look at an outbox; −1 is "none". `bytes` is about what the waiting messages take."""

    boot: int
    highest: int
    acknowledged: int
    bytes: int

    @property
    def waiting(self) -> int:
        """Messages that the site has not acknowledged."""
        return self.highest - self.acknowledged


class Outbox:
    """A file of messages, numbered 0, 1, 2, … within `boot`. Safe for threads, and for processes on one file.

    A file that cannot be read is set aside (`set_aside` is its new name) and an empty outbox with a boot of its own
    takes its place: whoever opens it must tell somebody.
    """

    def __init__(self, file: Path, limit_bytes: int = LIMIT_BYTES) -> None:
        """Opens or creates. Raises OutboxFull when the disk is, UsageError for a file of a newer release."""
        self.file, self._limit = file, limit_bytes
        self.set_aside: Path | None = None
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._connection = _open(file)
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise OutboxFull(f"{file}: {error}") from error
            self.set_aside = _put_aside(file)
            self._connection = _open(file)
        self.boot = self.state().boot

    def put(self, topic: str, payload: bytes) -> int:
        """Stores one message; when this returns it is on disk, and the number is its own within the boot.

        Raises OutboxFull, and UsageError for a message that no broker would take.
        """
        return self.put_many([(topic, payload)]).start

    def put_many(self, items: Iterable[tuple[str, bytes]], mark: tuple[str, str] | None = None) -> range:
        """Stores messages, all or none, and returns their numbers; much cheaper than one by one.

        `mark` (name, value) is stored in the same transaction: how far a source of messages has been read.
        Raises as `put` does.
        """
        messages = list(items)
        for message in messages:
            if problem := problem_of(*message):
                raise UsageError(problem)
        size = sum(len(topic.encode()) + len(payload) + _ROW_BYTES for topic, payload in messages)
        with self._writing() as connection:
            first, held = connection.execute("SELECT next, bytes FROM outbox").fetchone()
            if messages and held + size > self._limit:
                raise OutboxFull(f"{self.file} holds {held} bytes that the site has not acknowledged; no room for more")
            numbers = range(first, first + len(messages))
            rows = ((seq, *message) for seq, message in zip(numbers, messages, strict=True))
            connection.executemany("INSERT INTO message VALUES (?, ?, ?)", rows)
            connection.execute("UPDATE outbox SET next = ?, bytes = bytes + ?", (numbers.stop, size))
            if mark:
                connection.execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", mark)  # the same commit, or none
            point("outbox.before-commit")
        point("outbox.after-commit")
        return numbers

    def marks(self) -> dict[str, str]:
        """Every mark that is stored: name → value."""
        with self._asking() as connection:
            return dict(connection.execute("SELECT name, value FROM mark").fetchall())

    def unmark(self, name: str) -> None:
        """Forgets a mark. Raises OutboxFull when the disk is."""
        with self._writing() as connection:
            connection.execute("DELETE FROM mark WHERE name = ?", (name,))

    def read(self, first: int, limit: int) -> list[Stored]:
        """At most `limit` stored messages from number `first` on, in order."""
        query = "SELECT seq, topic, payload FROM message WHERE seq >= ? ORDER BY seq LIMIT ?"
        with self._asking() as connection:
            return [Stored(*row) for row in connection.execute(query, (first, limit)).fetchall()]

    @property
    def highest(self) -> int:
        """The number of the newest message ever stored, −1 before the first."""
        return self.state().highest

    @property
    def acknowledged(self) -> int:
        """The number up to which the site has everything, −1 for none."""
        return self.state().acknowledged

    def state(self) -> State:
        """What stands in the outbox now."""
        with self._asking() as connection:
            return _state(connection)

    def cover(self, boot: int, number: int) -> bool:
        """Deletes what an acknowledgement covers; returns whether it was news.

        An acknowledgement is never trusted: another boot, a number that was never given or an older one change
        nothing. Raises OutboxFull when the disk is too full even to delete; the next one will cover it.
        """
        if boot != self.boot:
            return False
        with self._writing() as connection:
            following, before = connection.execute("SELECT next, acknowledged FROM outbox").fetchone()
            if not before < number < following:
                return False
            size = "ifnull(sum(length(CAST(topic AS BLOB)) + length(payload) + ?), 0)"
            covered = connection.execute(f"SELECT {size} FROM message WHERE seq <= ?", (_ROW_BYTES, number)).fetchone()
            connection.execute("DELETE FROM message WHERE seq <= ?", (number,))
            connection.execute("UPDATE outbox SET acknowledged = ?, bytes = bytes - ?", (number, *covered))
        return True

    def begin_anew(self) -> int:
        """Draws a new boot and numbers what waits from 0 on, all or nothing; returns the boot.

        For a file that turned out to be an old copy: its numbers have been given to other messages meanwhile.
        Raises OutboxFull, OutboxDamaged.
        """
        boot = _draw()
        with self._writing() as connection:
            # In the order of their numbers each goes down into room that the one before has left.
            connection.execute("UPDATE message SET seq = seq - (SELECT acknowledged + 1 FROM outbox)")
            connection.execute("UPDATE outbox SET boot = ?, next = next - acknowledged - 1, acknowledged = -1", (boot,))
            point("outbox.before-anew")
        self.boot = boot
        return boot

    def close(self) -> None:
        """Closes the file; what is stored stays."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _asking(self) -> Iterator[sqlite3.Connection]:
        """The connection, for one thread at a time. Raises OutboxFull for a lock or a disk, OutboxDamaged."""
        with self._lock:
            try:
                yield self._connection
            except sqlite3.DatabaseError as error:
                if _is_damage(error):
                    raise OutboxDamaged(f"{self.file} is damaged: {error}") from error
                raise OutboxFull(f"{self.file}: {error}") from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it on disk when this is left, or nothing."""
        with self._asking() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")


def look(file: Path) -> State:
    """The state of an outbox that another process works with. Raises UsageError when there is none that can be read."""
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)) as connection:
            return _state(connection)
    except sqlite3.Error as error:
        raise UsageError(f"{file} is no outbox that can be read: {error}") from error


def problem_of(topic: str, payload: bytes) -> str | None:
    """Why no broker would take the message: it would stand at the head of the outbox for ever. None: it is good."""
    try:
        size = len(topic.encode())
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= MAX_TOPIC or set(topic) & {"+", "#", "\0"}:
        return f"{topic[:100]!a} is not a topic that can be published to"
    if len(payload) > MAX_PAYLOAD:
        return f"a message of {len(payload)} bytes to {topic}: a site takes at most {MAX_PAYLOAD}"
    return None


def _state(connection: sqlite3.Connection) -> State:
    row = connection.execute("SELECT boot, next - 1, acknowledged, bytes FROM outbox").fetchone()
    if row is None or not all(isinstance(value, int) for value in row):
        raise sqlite3.DatabaseError("its numbers are gone")
    return State(*row)


def _open(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")  # WAL's default loses the last commits at a power cut
        connection.execute("PRAGMA journal_size_limit = 16000000")
        connection.execute("BEGIN IMMEDIATE")  # of two processes that come first, one makes the tables
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > 1:
            raise UsageError(f"{file} was written by a newer release")
        if version == 0:
            for statement in _SCHEMA.split(";"):
                connection.execute(statement)
            connection.execute("INSERT INTO outbox VALUES (?, 0, -1, 0)", (_draw(),))
        connection.execute("COMMIT")
        _state(connection)
        found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise sqlite3.DatabaseError(found)
    except BaseException:
        connection.close()
        raise
    return connection


def _draw() -> int:
    """A boot: no two outboxes have the same, and none is 0."""
    return 1 + secrets.randbelow(MAX_BOOT)


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    """Whether the file is broken, and not only locked, or on a full disk."""
    code = getattr(error, "sqlite_errorcode", None)  # absent: we said so ourselves
    return code is None or code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)


def _put_aside(file: Path) -> Path:
    """Keeps a damaged outbox, with its log, under another name: it may still be evidence."""
    stamp = time.time_ns()
    for suffix in ("-wal", "-shm", ""):
        old = file.with_name(file.name + suffix)
        if old.exists():
            old.rename(file.with_name(f"{file.name}.damaged-{stamp}{suffix}"))
    return file.with_name(f"{file.name}.damaged-{stamp}")
