"""A ledger of version 1, made by its own schema, opened by this program."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingestion.ledger import Gap, Landing, Ledger, Sequence, packets
from ingestion.ledger.database import VERSION, reading
from ingestion.ledger.memory import Memory
from ingestion.ledger.numbers import KnownNumbers

OLD_SCHEMA = Path(__file__).with_name("version_1.sql")
SEGMENT = "mqtt/000000000000"


def hashed(number: int) -> bytes:
    """A hash of 16 bytes, as version 1 kept them."""
    return number.to_bytes(16, "big")[::-1]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.sqlite"
    with sqlite3.connect(path) as connection:
        connection.executescript("PRAGMA journal_mode = WAL;" + OLD_SCHEMA.read_text("utf-8"))
        connection.execute("INSERT INTO segment VALUES (?, 'a', 9, 500, 600)", (SEGMENT,))
        connection.execute("INSERT INTO account VALUES ('uns', 'gw-dal', 'accepted', '', 9)")
        connection.executemany(
            "INSERT INTO numbered_event VALUES ('gw-dal', 7, ?, ?, ?)",
            [(n, hashed(n), f"{SEGMENT}:{n % 10 * 100}") for n in (0, 1, 2, 5, 2**52)],
        )
        connection.execute("INSERT INTO recent_packet VALUES ('mqtt', 5, 11, 3, ?)", (hashed(5),))
        connection.execute("INSERT INTO last_of_topic VALUES ('a/b', ?)", (hashed(8),))
    connection.close()
    return path


def test_an_old_ledger_is_upgraded_where_it_lies_and_nothing_is_forgotten(old: Path) -> None:
    ledger = Ledger(old)
    assert ledger.sequences() == [Sequence("gw-dal", 7, 2**52, 5)]
    assert ledger.gaps() == [Gap("gw-dal", 7, 3, 4, 500), Gap("gw-dal", 7, 6, 2**52 - 1, 500)]
    assert (ledger.received(), ledger.counts()[0].n) == (9, 9)
    with reading(old) as connection:
        memory, known = Memory(connection), KnownNumbers(connection)
        memory.begin(Landing("mqtt/000000000001", ""))
        first = known.find(("gw-dal", 7), 5)
        assert first is not None
        assert (first.content, first.place) == (hashed(5)[:8], f"{SEGMENT}:500")
        assert known.find(("gw-dal", 7), 4) is None
        packet = memory.packet_before("mqtt", (11, 3), (5, b"8 bytes."), dup=True)
        assert packet is not None
        assert (packet.link, packet.content) == ((11, 3), hashed(5)[:8])
        assert memory.last_of_topic("a/b") == hashed(8)[:8]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert not tables & {"numbered_event", "recent_packet"}


def test_a_new_ledger_and_an_upgraded_one_have_the_same_tables(old: Path, tmp_path: Path) -> None:
    made = []
    for path in (old, tmp_path / "new.sqlite"):
        with reading(path) as connection:
            made.append(set(connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()))
            assert connection.execute("PRAGMA user_version").fetchone()[0] == VERSION
    plain = [{(kind, name, (sql or "").replace(" IF NOT EXISTS", "")) for kind, name, sql in each} for each in made]
    names = [{(kind, name) for kind, name, _ in each if not name.startswith("sqlite_stat")} for each in plain]
    assert names[0] == names[1]


def test_an_upgrade_that_is_interrupted_leaves_the_old_ledger(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(packets, "remember", fails)
        with pytest.raises(OSError, match="no space"):
            Ledger(old).sequences()
    with sqlite3.connect(old) as connection:
        assert connection.execute("SELECT count(*) FROM numbered_event").fetchone()[0] == 5
        assert connection.execute("PRAGMA user_version").fetchone()[0] == 1
    connection.close()
    assert Ledger(old).sequences()


def test_ten_that_open_an_old_ledger_at_once_upgrade_it_once(old: Path) -> None:
    with ThreadPoolExecutor(10) as pool:
        found = list(pool.map(lambda _: Ledger(old).sequences(), range(10)))
    assert found == [[Sequence("gw-dal", 7, 2**52, 5)]] * 10
