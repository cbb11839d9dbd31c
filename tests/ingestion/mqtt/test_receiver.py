"""The receiving service as a process of its own against a real broker: killed, restarted, without a broker, alone."""

from __future__ import annotations

import resource
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from contracts.paths import PRODUCT, SitePaths
from contracts.settings import Settings
from ingestion.mqtt.client import Publisher
from ingestion.mqtt.receiver import run_receiver
from ingestion.spool.reader import SpooledMessage
from ingestion.spool.writer import SpoolBusy
from tests.broker import Broker
from tests.ingestion.mqtt.receiving import Receiving, once, receiving, wait_until

MANY = 20_000


def publish(broker: Broker, numbers: range, qos: int = 1) -> None:
    with Publisher(broker.address) as publisher:
        for number in numbers:
            publisher.publish("nms/v1/x/t/a/c/u/measurement_v1/temp", str(number).encode(), qos)


def numbers(spooled: list[SpooledMessage]) -> Counter[int]:
    return Counter(int(message.payload) for message in spooled)


@pytest.mark.parametrize("qos", [1, 0])
def test_a_kill_in_the_middle_loses_nothing_and_after_dedupe_each_message_is_there_once(
    tmp_path: Path, broker: Broker, qos: int
) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        sender = threading.Thread(target=publish, args=(broker, range(MANY), qos))
        sender.start()
        for _ in range(3):
            held = receiver.status()["messages"]
            wait_until(lambda held=held: grown(receiver) or receiver.status()["messages"] > held)  # type: ignore[misc]
            receiver.kill()
            receiver.start()
        sender.join()
        wait_until(lambda: len(numbers(receiver.spooled())) == MANY, 60)
        assert receiver.stop() == 0
        spooled = receiver.spooled(sealed=True)
        assert set(numbers(spooled)) == set(range(MANY))
        assert numbers(once(spooled)) == Counter(range(MANY))
        assert "session_lost" not in receiver.log


def grown(receiver: Receiving) -> bool:
    """Whether the newest segment holds something: the receiver is in the middle of it."""
    newest = max((receiver.paths.spool / "mqtt").glob("*.seg"))
    return newest.stat().st_size > 40_000


def test_a_receiver_on_a_full_disk_shows_that_it_lives_ends_when_told_and_loses_nothing(
    tmp_path: Path, broker: Broker
) -> None:
    """A file size limit of the process stands for the full disk: the kernel takes half a frame, again and again."""
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        send_one(broker, b"x" * 50_000)
        wait_until(lambda: len(receiver.spooled()) == 1)
        segment = max((receiver.paths.spool / "mqtt").glob("*.seg"))
        room = segment.stat().st_size + 20
        resource.prlimit(receiver.pid, resource.RLIMIT_FSIZE, (room, room))
        send_one(broker, b"y" * 1_000)
        wait_until(lambda: "spool_full" in receiver.log)
        shown = receiver.status()["written_ns"]
        wait_until(lambda: receiver.status()["written_ns"] > shown)
        assert receiver.stop() == 0
        assert [message.payload[:1] for message in receiver.spooled()] == [b"x"]
        receiver.start_connected()
        wait_until(lambda: len(receiver.spooled()) == 2)
        assert [len(message.payload) for message in once(receiver.spooled())] == [50_000, 1_000]
        assert "session_lost" not in receiver.log


def send_one(broker: Broker, payload: bytes) -> None:
    with Publisher(broker.address) as publisher:
        publisher.publish("nms/v1/x/t/a/c/u/measurement_v1/temp", payload)


def test_qos_0_messages_of_an_absence_arrive_because_the_broker_upgrades_them(tmp_path: Path, broker: Broker) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        receiver.stop()
        publish(broker, range(500), qos=0)
        receiver.start_connected()
        wait_until(lambda: len(receiver.spooled()) == 500)
        assert numbers(receiver.spooled()) == Counter(range(500))


def test_a_small_backlog_read_with_the_connack_belongs_to_the_session(tmp_path: Path, broker: Broker) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        publish(broker, range(3))
        wait_until(lambda: len(receiver.spooled()) == 3)
        receiver.stop()
        publish(broker, range(3, 6))
        receiver.start_connected()
        wait_until(lambda: len(receiver.spooled()) == 6)
        receiver.stop()
        spooled = receiver.spooled(sealed=True)
        assert len({message.session for message in spooled}) == 1
        assert spooled[0].session > 0
        assert [message.connection for message in spooled] == [1, 1, 1, 2, 2, 2]


def test_retained_messages_come_with_the_subscription_and_not_again_at_a_reconnect(
    tmp_path: Path, broker: Broker
) -> None:
    with Publisher(broker.address) as publisher:
        for number in range(50):
            publisher.publish(f"state/{number}", b"on", 1, retain=True)
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        wait_until(lambda: len(receiver.spooled()) == 50)
        receiver.stop()
        receiver.start_connected()
        publish(broker, range(1))
        wait_until(lambda: len(receiver.spooled()) > 50)
        assert [message.retain for message in receiver.spooled()] == [True] * 50 + [False]


def test_a_lone_message_is_sealed_without_any_further_traffic_even_when_the_broker_is_away(
    tmp_path: Path, broker: Broker
) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address, seal_seconds=1.0)) as receiver:
        receiver.start_connected()
        publish(broker, range(1))
        wait_until(lambda: len(receiver.spooled(sealed=True)) == 1, 5)
        publish(broker, range(1, 2))
        wait_until(lambda: len(receiver.spooled()) == 2)
        broker.stop()
        wait_until(lambda: len(receiver.spooled(sealed=True)) == 2, 8)
        wait_until(lambda: receiver.status()["connected_ns"] is None, 8)


def test_the_receiver_comes_back_when_the_broker_does_and_numbers_its_connections(
    tmp_path: Path, broker: Broker
) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        publish(broker, range(1))
        wait_until(lambda: len(receiver.spooled()) == 1)
        broker.stop()
        wait_until(lambda: receiver.status()["connected_ns"] is None)
        broker.start()
        publish(broker, range(1, 2))
        wait_until(lambda: len(receiver.spooled()) == 2)
        first, second = receiver.spooled()
        assert (first.connection, second.connection) == (1, 2)
        assert first.session == second.session
        assert receiver.stop() == 0


def test_a_broker_that_forgot_our_session_raises_an_alarm(tmp_path: Path, broker: Broker) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        publish(broker, range(1))
        wait_until(lambda: len(receiver.spooled()) == 1)
        broker.kill()
        for file in (broker.folder / "db").iterdir():
            file.unlink()
        broker.start()
        wait_until(lambda: receiver.status().get("sessions_lost") == 1)
        assert "session_lost" in receiver.log


def test_sigterm_without_a_broker_ends_the_receiver(tmp_path: Path, broker: Broker) -> None:
    broker.stop()
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start()
        wait_until(lambda: receiver.status().get("pid") == receiver.pid)
        assert receiver.stop() == 0


def test_a_second_receiver_is_refused(tmp_path: Path, broker: Broker) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        with pytest.raises(SpoolBusy):
            run_receiver(Settings(), SitePaths(tmp_path / "site"), broker.address, ["#"])


def test_a_failing_disk_ends_the_process_with_an_error_and_nothing_is_acknowledged(
    tmp_path: Path, broker: Broker
) -> None:
    with receiving(Receiving(tmp_path / "site", broker.address)) as receiver:
        receiver.start_connected()
        publish(broker, range(1))
        wait_until(lambda: len(receiver.spooled()) == 1)
        assert receiver.process is not None
        newest = max((receiver.paths.spool / "mqtt").glob("*.seg"))
        break_descriptor(receiver.pid, newest)
        publish(broker, range(1, 11))
        assert receiver.process.wait(20) == 1  # an uncaught SpoolFailed; its text met the same limit in the log
        receiver.start_connected()
        wait_until(lambda: len(numbers(receiver.spooled())) == 11)


def break_descriptor(pid: int, file: Path) -> None:
    """The kernel refuses the next write: the process may not write beyond this size, and dies of no signal for it."""
    import resource

    size = file.stat().st_size
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, size))


def test_the_receiving_process_imports_neither_pyarrow_nor_duckdb() -> None:
    code = (
        "import sys, ingestion.mqtt.receiver\n"
        "print([name for name in ('pyarrow', 'duckdb', 'pandas', 'airflow') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], cwd=PRODUCT, capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
