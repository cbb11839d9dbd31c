"""The archived form: byte-identical after unpacking, readable by any gzip, and of damage the exact whole frames."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingestion.spool.archive import HEADER_SIZE, NotArchived, pack, read_label, unpack
from ingestion.spool.frames import MAGIC, Envelope, Origin, frame_head, scan
from ingestion.spool.reader import Damaged, Position, SpooledMessage, follow, messages
from ingestion.spool.segments import all_segments, archived_path, kept_segments, read_segment, sealed_segments
from ingestion.spool.writer import SegmentWriter, segment_name

OLD = hashlib.sha256(b"before").hexdigest()


def frame(number: int) -> bytes:
    data = Envelope(b"a/b", b"reading %d" % number, number + 1, connection=3, session=99).encode()
    return frame_head(data) + data


SEGMENT = MAGIC + b"".join(map(frame, range(40)))


@given(st.binary(max_size=3000))
def test_any_bytes_come_back_and_any_gzip_reads_them(data: bytes) -> None:
    packed = pack(data, OLD)
    found = unpack(packed)
    assert (found.data, found.problem) == (data, None)
    assert (found.label.sha256, found.label.made_from) == (hashlib.sha256(data).hexdigest(), OLD)
    assert gzip.decompress(packed) == data
    assert pack(data, OLD) == packed


def test_the_label_tells_the_newest_connection_without_the_rest() -> None:
    assert read_label(pack(SEGMENT, OLD)[:HEADER_SIZE]).origin == Origin(3, 99)
    assert read_label(pack(MAGIC, OLD)).origin is None
    assert len(pack(SEGMENT, OLD)) < len(SEGMENT)


def test_of_an_archived_segment_cut_anywhere_every_whole_frame_before_the_cut_is_read() -> None:
    packed = pack(SEGMENT, OLD)
    whole = scan(SEGMENT).spans
    for size in range(len(packed)):
        if size < HEADER_SIZE:
            with pytest.raises(NotArchived):
                unpack(packed[:size])
            continue
        found = unpack(packed[:size])
        assert SEGMENT.startswith(found.data)
        assert scan(found.data).spans == whole[: len(scan(found.data).spans)]
        assert found.problem or size >= len(packed) - 8  # without its last 8 bytes it is whole: its sha256 says so


def test_of_an_archived_segment_with_a_flipped_bit_no_frame_is_read_that_was_not_written() -> None:
    packed = pack(SEGMENT, OLD)
    frames = {SEGMENT[begin:end] for begin, end in scan(SEGMENT).spans}
    for place in range(HEADER_SIZE - 72, len(packed) - 8):
        flipped = bytearray(packed)
        flipped[place] ^= 1 << place % 8
        found = unpack(bytes(flipped))
        assert found.problem or found.data == SEGMENT
        assert {found.data[begin:end] for begin, end in scan(found.data).spans} <= frames


def archive(path: Path) -> None:
    """As the keeper does, without its care."""
    data = path.read_bytes()
    archived_path(path).parent.mkdir(exist_ok=True)
    archived_path(path).write_bytes(pack(data, hashlib.sha256(data).hexdigest()))
    path.unlink()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three sealed segments of two messages each, and the open one."""
    folder = tmp_path / "mqtt"
    writer = SegmentWriter(folder)
    for number in range(3):
        for part in range(2):
            writer.append(Envelope(b"a", b"%d" % (2 * number + part), 7, connection=number + 5, session=99).encode())
        writer.seal()
    writer.close()
    return folder


def payloads(items: list[SpooledMessage | Damaged]) -> list[bytes]:
    return [item.payload for item in items if isinstance(item, SpooledMessage)]


def test_a_segment_is_found_wherever_it_lies_and_reads_the_same(folder: Path) -> None:
    before = [list(messages(path)) for path in sealed_segments(folder)]
    every = sealed_segments(folder)
    archive(every[0])
    archive(every[2])
    assert sealed_segments(folder) == [every[1]]
    assert kept_segments(folder) == every
    assert [list(messages(path)) for path in every] == before
    assert read_segment(every[0], 10).data == read_segment(every[0]).data[10:]
    with pytest.raises(FileNotFoundError):
        read_segment(folder / segment_name(77))


def test_a_follower_goes_on_through_the_archive_from_every_place(folder: Path) -> None:
    whole, end = follow(folder, None)
    places = [None]
    for item in whole:
        assert isinstance(item, SpooledMessage)
        places.append(Position(int(item.segment[5:]), item.offset))
    for path in sealed_segments(folder):
        archive(path)
        for skipped, place in enumerate(places):
            found, reached = follow(folder, place)
            assert payloads(found) == payloads(whole)[max(0, skipped - 1) :]
            assert reached == end


def test_a_writer_that_starts_goes_on_from_an_archived_segment(folder: Path) -> None:
    for path in sealed_segments(folder):
        archive(path)
    writer = SegmentWriter(folder)
    assert (writer.number, writer.last_run_header) == (3, Origin(7, 99))
    writer.close()
    (folder / segment_name(3)).unlink()  # it died between removing the empty segment and beginning the next
    writer = SegmentWriter(folder)
    assert (writer.number, writer.last_run_header) == (3, Origin(7, 99))


def test_a_damaged_sealed_segment_that_could_not_be_archived_is_never_cut(folder: Path) -> None:
    first, *others = sealed_segments(folder)
    for path in [*others, *all_segments(folder)[-1:]]:
        archive(path)
    first.write_bytes(first.read_bytes()[:-1])
    before = first.read_bytes()
    assert SegmentWriter(folder).number == 4
    assert first.read_bytes() == before


def test_damage_of_an_archived_segment_is_a_value_and_the_others_are_read(folder: Path) -> None:
    first, second, _ = sealed_segments(folder)
    archive(first)
    data = bytearray(archived_path(first).read_bytes())
    data[HEADER_SIZE - 40] ^= 1  # its sha256
    archived_path(first).write_bytes(data)
    *whole, damage = messages(first)
    assert len(whole) == 2
    assert damage == Damaged("mqtt/000000000000", 88, "the archived segment is not what its label says", rest=True)
    archived_path(first).write_bytes(b"")
    assert [type(item) for item in messages(first)] == [Damaged]
    assert len(list(messages(second))) == 2
