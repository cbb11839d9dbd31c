"""The access matrix on the real broker, with delivery and not the SUBACK as proof; limits of size; client ids."""

from __future__ import annotations

import pytest

from bruk.credentials.access_list import access_list, device_topics
from bruk.credentials.keeping import access_file, today
from contracts.clock import system_clock
from tests.security.secured import FALUN, MAY_WRITE, NOT_AUTHORIZED, TAKEN, wait_until

SERVICES_TOPICS = ["nms/v1/_selftest/x", *(f"nms/v1/_ack/{name}/durable" for name in MAY_WRITE)]
OTHERS = [f"{FALUN}/lathe-3/measurement_v1/t", "elsewhere/x", "octoPrint2/x", "spBv1.0/Testbed Mitt/DDATA/other-edge"]


def test_each_certificate_writes_its_own_topics_and_no_other_and_what_is_refused_reaches_nobody(secured, device):
    topics = [f"{prefix}/measurement_v1/t" for prefixes in MAY_WRITE.values() for prefix in prefixes]
    ingest = device("ingest")
    for one in ("nms/v1/#", "octoPrint/#", "spBv1.0/#"):
        ingest.subscribe(one)
    expected = []
    for name, prefixes in MAY_WRITE.items():
        sender = device(name)
        for topic in [*topics, *prefixes, *SERVICES_TOPICS, *OTHERS, "$SYS/broker/x"]:
            allowed = any(topic == prefix or topic.startswith(prefix + "/") for prefix in prefixes)
            answer = sender.publish(topic, name.encode())
            assert (answer in TAKEN) if allowed else (answer == NOT_AUTHORIZED), (name, topic, answer)
            expected += [(topic, name.encode())] if allowed else []

    wait_until(lambda: len(ingest.heard) >= len(expected))
    last = device("printer-1")  # a broker serves in order: what comes after this one was refused
    last.publish(f"{FALUN}/printer-1/last")
    wait_until(lambda: ingest.heard[-1][0].endswith("/last"))
    assert sorted(ingest.heard[:-1]) == sorted(expected)


def test_a_device_whose_data_comes_by_file_writes_nothing(secured, device):
    sender = device("file-sender")
    assert {sender.publish(f"{prefix}/x") for prefixes in MAY_WRITE.values() for prefix in prefixes} == {NOT_AUTHORIZED}


@pytest.mark.parametrize("service", ["ingest", "ingest-watch", "operator"])
def test_who_reads_cannot_write(secured, device, service):
    reader = device(service)
    topics = [f"{FALUN}/printer-1/x", "nms/v1/_ack/printer-1/durable", "nms/v1/_selftest/x", "octoPrint/x"]
    assert {reader.publish(topic) for topic in topics} == {NOT_AUTHORIZED}


def test_only_the_follower_acknowledges_and_each_device_hears_its_own_alone(secured, device):
    printer, gateway, follower = device("printer-1"), device("gw-hall2"), device("ingest-follow")
    printer.subscribe("nms/v1/_ack/printer-1/#")
    gateway.subscribe("nms/v1/_ack/#")  # the SUBACK says "granted"; what counts is what comes
    for name in ("printer-1", "octo-1", "gw-hall2"):
        assert follower.publish(f"nms/v1/_ack/{name}/durable", b"7 41", retain=True) in TAKEN
    assert follower.publish(f"{FALUN}/printer-1/x") == NOT_AUTHORIZED
    wait_until(lambda: bool(printer.heard) and bool(gateway.heard))
    assert printer.heard == [("nms/v1/_ack/printer-1/durable", b"7 41")]
    assert gateway.heard == [("nms/v1/_ack/gw-hall2/durable", b"7 41")]


def test_a_device_that_subscribes_to_everything_hears_nothing_of_the_others(secured, device):
    curious, ingest, printer = device("octo-1"), device("ingest"), device("printer-1")
    for one in ("#", "nms/v1/#", "$SYS/#"):
        curious.subscribe(one)
    ingest.subscribe("nms/v1/#")
    printer.publish(f"{FALUN}/printer-1/x")
    device("ingest-follow").publish("nms/v1/_ack/octo-1/durable", b"1 1")
    wait_until(lambda: bool(ingest.heard) and bool(curious.heard))
    assert set(curious.heard) == {("nms/v1/_ack/octo-1/durable", b"1 1")}  # once per subscription


def test_the_watcher_reads_the_brokers_own_counters_and_the_self_test_its_own_topics(secured, device):
    watcher, tester, printer = device("ingest-watch"), device("selftest"), device("printer-1")
    watcher.subscribe("$SYS/broker/#")
    watcher.subscribe("nms/v1/#")
    tester.subscribe("nms/v1/_selftest/#")
    printer.publish(f"{FALUN}/printer-1/x")
    assert tester.publish("nms/v1/_selftest/a/1") in TAKEN
    wait_until(lambda: bool(watcher.heard) and bool(tester.heard))
    assert {topic.split("/")[0] for topic, _ in watcher.heard} == {"$SYS"}
    assert tester.heard == [("nms/v1/_selftest/a/1", b"x")]


@pytest.mark.parametrize("name", ["ingest", "printer-1"])
def test_a_borrowed_client_id_takes_no_session_over(secured, device, name):
    owner = device(name, client_id=name)
    thief = device("printer-2", client_id=name)
    assert thief.publish(f"{FALUN}/printer-1/x") == NOT_AUTHORIZED
    assert owner.connected
    assert thief.connected


def test_a_payload_of_65_536_bytes_is_taken_and_one_byte_more_is_not(secured, device):
    ingest, sender = device("ingest"), device("printer-1")
    ingest.subscribe("nms/v1/#")
    assert sender.publish(f"{FALUN}/printer-1/x", b"y" * 65_536) in TAKEN
    assert sender.publish(f"{FALUN}/printer-1/x", b"z" * 65_537) not in TAKEN
    device("printer-1").publish(f"{FALUN}/printer-1/last")
    wait_until(lambda: len(ingest.heard) == 2)
    assert [len(payload) for _, payload in ingest.heard] == [65_536, 1]


def test_the_file_that_the_broker_reads_is_what_registry_and_sources_say(secured):
    site = secured.site
    day = today(site, system_clock)
    assert access_file(site.paths).read_text(encoding="utf-8") == access_list(site, day)
    stated = {
        name: [topics.removesuffix("/#") for topics in written] for name, written in device_topics(site, day).items()
    }
    own = {name: [one.replace("DDATA", "+") for one in prefixes] for name, prefixes in MAY_WRITE.items()}
    assert stated == {**own, "file-sender": []}
    lines = access_list(site, day).splitlines()
    assert not [line for line in lines if line.startswith("pattern")]
    assert len([line for line in lines if line.startswith("user ")]) == len(stated) + 5
