"""`bruk edge` as a process beside a machine: from a pipe, a folder or a local broker into a site, and what it says."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contracts.paths import PRODUCT
from ingestion.edge.outbox import Outbox, look
from ingestion.mqtt.client import Publisher
from tests.broker import Broker
from tests.ingestion.acknowledge.running import all_of, follower
from tests.ingestion.mqtt.receiving import Receiving, receiving, wait_until
from tests.ingestion.spooling import OIL
from tests.sites import make_site

EDGE = [sys.executable, "-m", "bruk.cli", "edge"]


@contextmanager
def a_site(folder: Path, broker: Broker) -> Iterator[Receiving]:
    """A site that receives and acknowledges."""
    site = make_site(folder / "site").paths.site
    following = follower(site, broker.port)
    with receiving(Receiving(site, broker.address, ("nms/v1/+/+/+/+/+/#",))) as receiver, all_of(following):
        receiver.start_connected()
        following.start()
        yield receiver


def payloads(receiver: Receiving) -> list[bytes]:
    return [message.payload for message in receiver.spooled()]


def arguments(folder: Path, broker: Broker, *more: str) -> list[str]:
    address = f"{broker.host}:{broker.port}"
    return [*EDGE, "--device", "gw-dal", "--broker", address, "--outbox", str(folder / "outbox"), *more]


def test_lines_of_a_pipe_are_sent_and_it_ends_when_the_site_has_them(tmp_path: Path, broker: Broker) -> None:
    with a_site(tmp_path, broker) as receiver:
        command = arguments(tmp_path, broker, "--stdin", "--topic", OIL, "--json")
        lines = "".join(f'{{"v":{n}}}\n' for n in range(300))
        done = subprocess.run(command, cwd=PRODUCT, input=lines, capture_output=True, text=True, timeout=90, check=True)
        last = json.loads(done.stdout.splitlines()[-1])
        assert (last["stored"], last["acknowledged"], last["waiting"], last["problems"]) == (300, 300, 0, [])
        assert payloads(receiver) == [line.encode() for line in lines.splitlines()]


def test_what_was_stored_while_no_site_answered_is_sent_by_the_next_start_and_sigterm_is_clean(
    tmp_path: Path, broker: Broker
) -> None:
    broker.stop()
    (tmp_path / "in").mkdir()
    command = arguments(tmp_path, broker, "--folder", str(tmp_path / "in"), "--topic", OIL)
    with edge(command) as process:
        wait_until(lambda: (tmp_path / "in" / "done").exists(), 60)
        (tmp_path / "in" / "a.txt").write_text("1\n2\n3\n")
        wait_until(lambda: look(tmp_path / "outbox").highest == 2, 60)
        process.kill()
    broker.start()
    with a_site(tmp_path, broker) as receiver, edge(command) as process:
        wait_until(lambda: look(tmp_path / "outbox").acknowledged == 2, 60)
        assert payloads(receiver) == [b"1", b"2", b"3"]
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


def test_a_local_broker_is_forwarded_under_the_prefix_of_the_machine(tmp_path: Path, broker: Broker) -> None:
    """One broker plays both parts: the machine's topics are not those of the site."""
    with a_site(tmp_path, broker) as receiver:
        local = (
            "--local-mqtt",
            f"{broker.host}:{broker.port}",
            "--topic",
            "cell/#",
            "--prefix",
            OIL.rpartition("/")[0],
        )
        with edge(arguments(tmp_path, broker, *local)):
            wait_until(lambda: "local_broker_connected" in log(tmp_path), 60)
            with Publisher(broker.address) as machine:
                for number in range(50):
                    machine.publish("cell/oil_temp", b"%d" % number)
            wait_until(lambda: len(payloads(receiver)) >= 50, 60)
        assert payloads(receiver) == [b"%d" % number for number in range(50)]
        assert {message.topic for message in receiver.spooled()} == {OIL.rpartition("/")[0] + "/cell/oil_temp"}


def test_status_tells_what_waits_and_that_a_damaged_outbox_was_set_aside(tmp_path: Path) -> None:
    file = tmp_path / "outbox"
    file.write_bytes(b"this is no outbox" * 500)
    outbox = Outbox(file)
    outbox.put_many([("a", b"x")] * 3)
    done = subprocess.run(
        [*EDGE, "status", "--outbox", str(file), "--json"], cwd=PRODUCT, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout)
    assert (told["boot"], told["stored"], told["acknowledged"], told["waiting"]) == (outbox.boot, 3, 0, 3)
    assert len(told["set_aside"]) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        [],
        ["--device", "d", "--broker", "h:1", "--outbox", "o", "--topic", "t"],
        ["--device", "d", "--broker", "h", "--outbox", "o", "--stdin", "--topic", "t"],
        ["--device", "d", "--broker", "h:1", "--outbox", "o", "--stdin", "--folder", "f", "--topic", "t"],
        ["--device", "d", "--broker", "h:1", "--outbox", "o", "--stdin", "--topic", "t", "--ca", "c"],
    ],
)
def test_a_wrong_call_says_what_it_needs(tmp_path: Path, wrong: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from bruk.cli import main; main()", "edge", *wrong],
        cwd=tmp_path, env={"PYTHONPATH": str(PRODUCT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "--" in done.stderr or "HOST:PORT" in done.stderr


def test_a_second_program_on_one_outbox_is_refused(tmp_path: Path, broker: Broker) -> None:
    command = arguments(tmp_path, broker, "--folder", str(tmp_path), "--topic", OIL)
    with edge(command):
        wait_until(lambda: (tmp_path / "done").exists(), 60)
        done = subprocess.run(command, cwd=PRODUCT, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "another program" in done.stderr


@contextmanager
def edge(command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """The program; killed at the end if it still runs."""
    folder = Path(command[command.index("--outbox") + 1]).parent
    with (folder / "edge.log").open("ab") as out:
        process = subprocess.Popen(command, cwd=PRODUCT, stdout=out, stderr=out)
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


def log(folder: Path) -> str:
    return (folder / "edge.log").read_text("utf-8")
