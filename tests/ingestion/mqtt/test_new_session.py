"""A receiver that is killed before the first frame of a new session: its packet ids are told apart all the same."""

from __future__ import annotations

from pathlib import Path

from contracts.paths import SitePaths
from contracts.settings import Settings
from ingestion.mqtt.receiver import Receiver
from ingestion.spool.writer import SegmentWriter
from tests.sites import NOON, clock_at


def begun(site: Path, now: int) -> Receiver:
    """A receiver as it is just after its start; the one before is gone."""
    return Receiver(Settings(site=site), SitePaths(site), clock_at(now))


def end(receiver: Receiver) -> None:
    """Lets go of the spool; to the disk it is as if the process had been killed."""
    receiver.close()


def newest(site: Path) -> int | None:
    """The session of the newest frame."""
    writer = SegmentWriter(SitePaths(site).spool / "mqtt")
    writer.close()
    return writer.last_run_header and writer.last_run_header.session


def test_a_session_that_ended_us_before_its_first_frame_is_not_taken_for_the_one_before(tmp_path: Path) -> None:
    first = begun(tmp_path, NOON)
    first.connected(session_present=False)
    first.commit(b"\x30\x03\x00\x01a", 1)
    end(first)
    killed = begun(tmp_path, NOON + 5)
    killed.connected(session_present=False)
    end(killed)
    again = begun(tmp_path, NOON + 9)
    again.connected(session_present=True)
    again.commit(b"\x30\x03\x00\x01a", 1)
    end(again)
    assert newest(tmp_path) == NOON + 5


def test_without_the_note_the_newest_frame_tells_the_session(tmp_path: Path) -> None:
    first = begun(tmp_path, NOON)
    first.connected(session_present=False)
    first.commit(b"\x30\x03\x00\x01a", 1)
    end(first)
    (SitePaths(tmp_path).spool / "mqtt" / ".session").write_bytes(b"\xff")
    again = begun(tmp_path, NOON + 9)
    again.connected(session_present=True)
    again.commit(b"\x30\x03\x00\x01a", 1)
    end(again)
    assert newest(tmp_path) == NOON
