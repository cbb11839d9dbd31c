"""What fills an outbox: files once over kill -9, lines of a pipe, a local broker; bad ones are stepped over."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.paths import PRODUCT
from ingestion.edge.folder import Folder
from ingestion.edge.forwarder import Forwarder
from ingestion.edge.intake import Intake, Stopped
from ingestion.edge.lines import take_lines
from ingestion.edge.outbox import MAX_PAYLOAD, Outbox
from ingestion.edge.put_away import STILL_S
from ingestion.mqtt.client import Publisher
from tests.broker import Broker
from tests.ingestion.mqtt.receiving import wait_until


class Clock:
    """Seconds that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Inbox:
    """A folder with its outbox."""

    def __init__(self, tmp_path: Path) -> None:
        self.path, self.clock = tmp_path / "in", Clock()
        self.path.mkdir(exist_ok=True)
        self.outbox = Outbox(tmp_path / "outbox")
        self.intake = Intake(self.outbox, threading.Event())
        self.folder = Folder(self.path, "t", self.outbox, self.intake, self.clock)

    def poll(self) -> int:
        """Two looks, far enough apart for a file to be complete."""
        self.folder.poll()
        self.clock.now += STILL_S
        return self.folder.poll()

    def payloads(self) -> list[bytes]:
        return [stored.payload for stored in self.outbox.read(0, 100_000)]


def waiting(outbox: Outbox) -> list[str]:
    """Marks of files that are not put away yet."""
    return [name for name in outbox.marks() if name.startswith("file:")]


def test_each_line_of_a_complete_file_is_a_message_and_the_file_is_put_away(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    (inbox.path / "a.txt").write_bytes(b"1\r\n\n2\n3")
    assert inbox.poll() == 1
    assert inbox.payloads() == [b"1", b"2", b"3"]
    assert [file.name for file in (inbox.path / "done").iterdir()] == ["a.txt"]
    assert not waiting(inbox.outbox)


def test_a_file_that_still_grows_or_is_named_as_half_is_left_alone(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    growing = inbox.path / "a.txt"
    for name in (".hidden", "b.tmp", "c.part"):
        (inbox.path / name).write_bytes(b"1\n")
    for size in range(1, 5):
        growing.write_bytes(b"1\n" * size)
        assert inbox.folder.poll() == 0
        inbox.clock.now += STILL_S - 0.1
    assert inbox.poll() == 1
    assert len(inbox.payloads()) == 4


def test_what_is_written_to_a_file_after_it_was_put_away_is_taken_and_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = Inbox(tmp_path)
    with (inbox.path / "a.txt").open("wb", buffering=0) as kept_open:
        kept_open.write(b"1\n")
        assert inbox.poll() == 1
        for number in (b"2\n", b"3\n"):
            kept_open.write(number)
            assert inbox.poll() == 1
            assert "file_grew_after_it_was_taken" in capsys.readouterr().out
        inbox.outbox.close()
        inbox = Inbox(tmp_path)  # a restart knows it too
        kept_open.write(b"4\n")
        assert inbox.poll() == 1
    assert inbox.poll() == 0
    assert inbox.payloads() == [b"1", b"2", b"3", b"4"]


def test_a_file_that_is_gone_from_where_it_was_put_is_watched_no_longer(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    (inbox.path / "a.txt").write_bytes(b"1\n")
    assert inbox.poll() == 1
    (inbox.path / "done" / "a.txt").rename(tmp_path / "fetched.txt")
    (inbox.path / "done" / "a.txt").write_bytes(b"1\nof somebody else\n")
    assert inbox.poll() == 0
    assert inbox.payloads() == [b"1"]


def test_the_same_file_dropped_again_is_sent_again_and_both_are_kept(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    for _ in range(2):
        (inbox.path / "a.txt").write_bytes(b"1\n")
        assert inbox.poll() == 1
    assert inbox.payloads() == [b"1", b"1"]
    assert len(list((inbox.path / "done").iterdir())) == 2


def test_an_equal_file_that_is_dropped_after_a_kill_behind_the_move_is_sent_again(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    (inbox.path / "a.txt").write_bytes(b"1\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(inbox.outbox, "unmark", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            inbox.poll()
    (inbox.path / "a.txt").write_bytes(b"1\n")
    again = Inbox(tmp_path)
    assert again.poll() == 1
    assert again.payloads() == [b"1", b"1"]


def test_a_line_that_is_too_long_is_stepped_over_and_counted(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    (inbox.path / "a.txt").write_bytes(b"1\n" + b"x" * (3 * MAX_PAYLOAD) + b"\n2\n" + b"y" * MAX_PAYLOAD + b"\n")
    inbox.poll()
    assert [len(payload) for payload in inbox.payloads()] == [1, 1, MAX_PAYLOAD]
    assert inbox.intake.refused == 1


def test_a_file_whose_name_is_no_text_is_taken_and_stops_no_other(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path)
    names = [b"a.txt", b"b\xff.txt", b"c %41.txt"]
    for name in names:
        Path(os.fsdecode(os.path.join(os.fsencode(inbox.path), name))).write_bytes(name)
    assert inbox.poll() == 3
    assert inbox.payloads() == names
    assert not waiting(inbox.outbox)


def test_a_file_that_cannot_be_put_away_stops_no_other_and_is_not_sent_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = Inbox(tmp_path)
    for name in ("a.txt", "b.txt"):
        (inbox.path / name).write_text(name)

    rename = os.rename

    def refuse(source: Path, target: Path) -> None:
        if source.name == "a.txt":
            raise PermissionError("a.txt")
        rename(source, target)

    monkeypatch.setattr(os, "rename", refuse)
    assert inbox.poll() == 1
    assert inbox.poll() == 0
    monkeypatch.undo()
    inbox.poll()
    assert sorted(file.name for file in (inbox.path / "done").iterdir()) == ["a.txt", "b.txt"]
    assert inbox.payloads() == [b"a.txt", b"b.txt"]


POLLING = """
import sys, threading
from pathlib import Path
from ingestion.edge import folder, put_away
from ingestion.edge.intake import Intake
from ingestion.edge.outbox import Outbox
put_away.BATCH, put_away.STILL_S, stop = 100, 0.0, threading.Event()
outbox = Outbox(Path(sys.argv[1]) / "outbox")
folder.Folder(Path(sys.argv[1]) / "in", "t", outbox, Intake(outbox, stop)).poll()
"""


@pytest.mark.parametrize(
    "fault", ["outbox.before-commit:4", "outbox.after-commit:4", "edge.file-stored", "edge.file-moved"]
)
def test_a_file_is_sent_exactly_once_wherever_the_process_is_killed(tmp_path: Path, fault: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("".join(f"{n}\n" for n in range(1_000)))
    for environment in ({"BRUK_FAULT": fault}, {}):
        command = [sys.executable, "-c", POLLING, str(tmp_path)]
        done = subprocess.run(command, cwd=PRODUCT, env=environment, check=False)
        assert done.returncode == (-9 if environment else 0)
    outbox = Outbox(tmp_path / "outbox")
    assert [stored.payload for stored in outbox.read(0, 10_000)] == [b"%d" % n for n in range(1_000)]
    assert (tmp_path / "in" / "done" / "a.txt").exists()
    assert not waiting(outbox)


def test_lines_of_a_pipe_are_stored_and_its_end_is_told(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    stop = threading.Event()
    lines = b"".join(b"%d\n" % n for n in range(2_500))
    assert take_lines(io.BytesIO(lines + b"\nlast"), "t", Intake(outbox, stop), stop)
    assert [stored.payload for stored in outbox.read(0, 10_000)] == [*(b"%d" % n for n in range(2_500)), b"last"]


def test_a_full_outbox_makes_the_machine_wait_and_goes_on_by_itself(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox", limit_bytes=1_000)
    stop = threading.Event()
    intake = Intake(outbox, stop)
    outbox.put("t", b"x" * 800)
    waiting = threading.Thread(target=intake.take, args=([("t", b"y" * 800)],))
    waiting.start()
    wait_until(lambda: "no room" in intake.problem)
    outbox.cover(outbox.boot, 0)
    waiting.join(20)
    assert outbox.highest == 1
    assert intake.problem == ""
    stop.set()
    with pytest.raises(Stopped):
        intake.take([("t", b"y" * 800)])


@contextmanager
def forwarding(tmp_path: Path, broker: Broker) -> Iterator[Outbox]:
    """A forwarder in a thread, connected."""
    stop, outbox = threading.Event(), Outbox(tmp_path / "outbox")
    forwarder = Forwarder(broker.address, ["m/#"], "site/x", "gw", Intake(outbox, stop))
    thread = threading.Thread(target=forwarder.run, args=(stop,))
    thread.start()
    try:
        wait_until(lambda: forwarder.subscribed_to)
        yield outbox
    finally:
        stop.set()
        thread.join(20)
        outbox.close()


def publish(broker: Broker, numbers: range, retain: bool = False) -> None:
    with Publisher(broker.address) as publisher:
        for number in numbers:
            publisher.publish(f"m/{number % 2}", b"%d" % number, 1, retain=retain)


def test_what_a_local_broker_held_while_we_were_away_is_stored_and_what_was_retained_is_not(
    tmp_path: Path, broker: Broker
) -> None:
    publish(broker, range(-2, 0), retain=True)
    with forwarding(tmp_path, broker):
        pass
    publish(broker, range(250))
    with forwarding(tmp_path, broker) as outbox:
        publish(broker, range(250, 300))
        wait_until(lambda: outbox.highest >= 299)
        stored = outbox.read(0, 1_000)
    assert [int(message.payload) for message in stored] == list(range(300))
    assert {message.topic for message in stored} == {"site/x/m/0", "site/x/m/1"}


def test_a_message_larger_than_we_read_stops_no_other_of_the_local_broker(tmp_path: Path, broker: Broker) -> None:
    broker.stop()
    broker.message_size_limit = 16 << 20
    broker.start()
    with forwarding(tmp_path, broker) as outbox:
        with Publisher(broker.address) as publisher:
            publisher.publish("m/large", bytes(9 << 20))
        publish(broker, range(3))
        wait_until(lambda: outbox.highest >= 2)
        assert [message.payload for message in outbox.read(0, 10)] == [b"0", b"1", b"2"]
