"""The reader: every message in order with its place, damage as a value, and a tail that is safe while it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.spool.frames import FILE, MESSAGE, RUN, Envelope, RunHead
from ingestion.spool.reader import (
    Damaged,
    Position,
    SpooledMessage,
    follow,
    messages,
    sealed_segments,
)
from ingestion.spool.writer import SegmentWriter, segment_name
from tests.ingestion.mqtt import builder


def run(packets: list[bytes], connection: int = 1, session: int = 50, protocol: int = 5) -> tuple[bytes, bytes]:
    return RunHead(protocol, connection, 100, session, len(packets)).encode(), b"".join(packets)


def only_messages(items: object) -> list[SpooledMessage]:
    assert isinstance(items, list)
    assert all(isinstance(item, SpooledMessage) for item in items)
    return items


@settings(max_examples=50, deadline=None)
@given(given=st.lists(st.lists(builder.fields(), min_size=1, max_size=4), max_size=5))
def test_every_packet_comes_back_in_order_with_its_place(
    tmp_path_factory: pytest.TempPathFactory, given: list[list[dict[str, Any]]]
) -> None:
    folder = tmp_path_factory.mktemp("s") / "mqtt"
    writer = SegmentWriter(folder, seal_bytes=300)
    expected = []
    for group in given:
        for protocol in (4, 5):
            chosen = [item for item in group if item["protocol"] == protocol]
            if chosen:
                writer.append(*run([builder.build(item) for item in chosen], protocol=protocol))
                expected += chosen
    writer.close()
    paths = sealed_segments(folder)
    read = only_messages([message for path in paths for message in messages(path)])
    assert [(m.topic_bytes, m.payload, m.qos, m.dup, m.retain, m.protocol) for m in read] == [
        tuple(item[key] for key in ("topic", "payload", "qos", "dup", "retain", "protocol")) for item in expected
    ]
    bytes_of = {f"mqtt/{path.stem}": path.read_bytes() for path in paths}
    for message, item in zip(read, expected, strict=True):
        assert bytes_of[message.segment][message.offset :].startswith(builder.build(item))
        assert (message.kind, message.spool, message.connection, message.session) == (RUN, "mqtt", 1, 50)


def test_envelopes_of_messages_and_files_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    writer = SegmentWriter(folder)
    dropped = Envelope(topic="källa/körning å.csv".encode(), payload=bytes(32), received_ns=7, kind=FILE)
    single = Envelope(topic=b"\xff", payload=b"p", received_ns=8, qos=1, packet_id=3, properties=(("a", "b"),))
    places = [writer.append(envelope.encode()) for envelope in (dropped, single)]
    writer.close()
    first, second = only_messages(list(messages(folder / segment_name(0))))
    assert (first.kind, first.topic, first.payload, first.spool) == (FILE, "källa/körning å.csv", bytes(32), "files")
    assert (second.kind, second.topic, second.topic_bytes, second.packet_id) == (MESSAGE, None, b"\xff", 3)
    assert second.user_properties == (("a", "b"),)
    assert [first.offset, second.offset] == [offset for _, offset in places]


PACKET = builder.publish(b"a/b", b"1", qos=1, packet_id=9)


def test_a_run_read_before_the_connack_gets_its_session_from_the_next_frame(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path / "mqtt")
    writer.append(*run([PACKET], connection=4, session=40))
    writer.append(*run([PACKET], connection=5, session=0))
    writer.append(*run([PACKET], connection=5, session=0))
    writer.seal()
    writer.append(*run([PACKET], connection=5, session=41))
    writer.close()
    segments = sealed_segments(tmp_path / "mqtt")
    sessions = [message.session for path in segments for message in only_messages(list(messages(path)))]
    assert sessions == [40, 41, 41, 41]


def test_the_rest_of_a_damaged_segment_is_a_value_and_the_next_segment_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "mqtt"
    writer = SegmentWriter(folder)
    places = [writer.append(*run([PACKET])) for _ in range(3)]
    writer.seal()
    writer.append(*run([PACKET]))
    writer.close()
    path = folder / segment_name(0)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    data[places[1][1] + 20] ^= 1
    path.write_bytes(data)
    first, damage = messages(path)
    assert isinstance(first, SpooledMessage)
    assert damage == Damaged("mqtt/000000000000", places[1][1], "bad-crc", rest=True)
    assert len(only_messages(list(messages(folder / segment_name(1))))) == 1


def test_a_frame_or_a_packet_that_cannot_be_understood_is_damaged_alone(tmp_path: Path) -> None:
    folder = tmp_path / "mqtt"
    writer = SegmentWriter(folder)
    newer = writer.append(b"\x02\x20 of a newer release")
    wrong = writer.append(RunHead(5, 1, 1, 1, 2).encode(), PACKET)
    odd = builder.publish(b"a/b", b"1", properties=b"\x7f")
    mixed = writer.append(*run([PACKET, odd, PACKET]))
    writer.close()
    read = list(messages(folder / segment_name(0)))
    damages = [(item.offset, item.rest) for item in read if isinstance(item, Damaged)]
    assert damages == [(newer[1], False), (wrong[1], False), (mixed[1] + 8 + 28 + len(PACKET), False)]
    assert len(read) == 5


def test_a_follower_sees_each_message_once_however_the_writer_advances(tmp_path: Path) -> None:
    folder = tmp_path / "mqtt"
    assert follow(folder, None) == ([], None)
    writer = SegmentWriter(folder, seal_bytes=250)
    position, seen = None, []
    for number in range(40):
        writer.append(*run([builder.publish(b"a/b", str(number).encode())]))
        if number % 3 == 0:
            found, position = follow(folder, position)
            seen += only_messages(found)
    found, position = follow(folder, position)
    seen += only_messages(found)
    assert [message.payload for message in seen] == [str(number).encode() for number in range(40)]
    sealed = [message for path in sorted(folder.glob("*.seg")) for message in messages(path)]
    assert seen == sealed


def test_a_follower_reads_only_whole_frames_of_a_file_that_is_being_written(tmp_path: Path) -> None:
    folder = tmp_path / "mqtt"
    writer = SegmentWriter(folder)
    writer.append(*run([PACKET]))
    writer.append(*run([PACKET, PACKET]))
    path = folder / segment_name(0)
    whole = path.read_bytes()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        first, position = follow(folder, None)
        path.write_bytes(whole)
        rest, end = follow(folder, position)
        assert len(only_messages(first)) + len(only_messages(rest)) == 3
        assert end == Position(0, len(whole))


def test_a_follower_takes_a_long_spool_in_bites(tmp_path: Path) -> None:
    folder = tmp_path / "mqtt"
    writer = SegmentWriter(folder, seal_bytes=50)
    for _ in range(20):
        writer.append(*run([PACKET]))
    position: Position | None = None
    bites = []
    while not bites or bites[-1]:
        found, position = follow(folder, position, limit_bytes=100)
        bites.append(len(found))
    assert sum(bites) == 20
    assert max(bites) <= 3
