"""The writer: what it returns is on disk, what is torn is cut, what is full is waited out, what fails stops."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.spool.frames import MAGIC, RunHead, frame_head, scan
from ingestion.spool.reader import all_segments, sealed_segments
from ingestion.spool.writer import SegmentWriter, SpoolBusy, SpoolFailed, SpoolStopped, segment_name


class HandClock:
    """A clock that the test moves; nanoseconds."""

    def __init__(self) -> None:
        self.now = 1_795_416_000_000_000_000

    def __call__(self) -> int:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += int(seconds * 1e9)


def payloads(path: Path) -> list[bytes]:
    data = path.read_bytes()
    found = scan(data)
    assert found.reason == "clean"
    return [data[begin:end] for begin, end in found.spans]


def test_append_returns_the_place_of_the_frame_and_it_is_there(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path)
    assert writer.append(b"one", b"two") == (0, 4)
    assert writer.append(b"three") == (0, 4 + 8 + 6)
    assert payloads(tmp_path / segment_name(0)) == [b"onetwo", b"three"]


def test_each_append_is_one_writev_and_one_fdatasync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer = SegmentWriter(tmp_path)
    calls: list[str] = []
    writev, fdatasync = os.writev, os.fdatasync
    monkeypatch.setattr(os, "writev", lambda fd, parts: (calls.append("writev"), writev(fd, parts))[1])
    monkeypatch.setattr(os, "fdatasync", lambda fd: (calls.append("fdatasync"), fdatasync(fd))[1])
    writer.append(b"head", b"packets")
    assert calls == ["writev", "fdatasync"]


def test_a_segment_is_sealed_by_its_size(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, seal_bytes=100)
    for _ in range(5):
        writer.append(bytes(60))
    assert [len(payloads(path)) for path in sealed_segments(tmp_path)] == [2, 2]
    assert payloads(all_segments(tmp_path)[-1]) == [bytes(60)]


def test_a_lone_record_is_sealed_by_the_clock_and_an_empty_segment_is_not(tmp_path: Path) -> None:
    clock = HandClock()
    writer = SegmentWriter(tmp_path, clock, seal_seconds=10)
    clock.forward(100)
    writer.tick()
    assert sealed_segments(tmp_path) == []
    writer.append(b"lone")
    clock.forward(9.9)
    writer.tick()
    assert sealed_segments(tmp_path) == []
    clock.forward(0.1)
    writer.tick()
    assert [path.name for path in sealed_segments(tmp_path)] == [segment_name(0)]
    clock.forward(100)
    writer.tick()
    assert len(all_segments(tmp_path)) == 2


def test_a_record_is_sealed_although_the_clock_was_put_back(tmp_path: Path) -> None:
    clock = HandClock()
    writer = SegmentWriter(tmp_path, clock, seal_seconds=10)
    writer.append(b"lone")
    clock.forward(-3600)
    writer.tick()
    assert [path.name for path in sealed_segments(tmp_path)] == [segment_name(0)]


def test_a_closed_spool_leaves_nothing_unsealed_and_its_empty_segment_is_used_again(tmp_path: Path) -> None:
    for number in range(3):
        writer = SegmentWriter(tmp_path)
        assert writer.append(b"x") == (number, 4)
        writer.close()
        assert [path.name for path in sealed_segments(tmp_path)] == [segment_name(n) for n in range(number + 1)]
    SegmentWriter(tmp_path).close()
    assert len(all_segments(tmp_path)) == 4


@settings(max_examples=60, deadline=None)
@given(records=st.lists(st.binary(min_size=1, max_size=30), max_size=4), data=st.data())
def test_a_torn_tail_is_cut_at_the_last_whole_frame_wherever_it_tore(
    tmp_path_factory: pytest.TempPathFactory, records: list[bytes], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("spool")
    whole = MAGIC + b"".join(frame_head(record) + record for record in records)
    keep = data.draw(st.integers(0, len(whole)))
    tail = data.draw(st.sampled_from([b"", bytes(37)])) if keep >= 4 else b""
    (folder / segment_name(0)).write_bytes(whole[:keep] + tail)
    writer = SegmentWriter(folder)
    place = writer.append(b"next")
    writer.close()
    read = [record for path in sealed_segments(folder) for record in payloads(path)]
    assert read[-1] == b"next"
    assert read[:-1] == records[: len(read) - 1]
    fits = [sum(8 + len(record) for record in records[:n]) + 4 for n in range(1, len(records) + 1)]
    assert len(read) - 1 == sum(keep >= end for end in fits)
    assert place == (1 if len(read) > 1 else 0, 4)


def test_a_segment_with_a_wrong_magic_is_kept_for_the_reader_to_report(tmp_path: Path) -> None:
    (tmp_path / segment_name(7)).write_bytes(b"SEG9 and what it holds")
    SegmentWriter(tmp_path).close()
    assert (tmp_path / segment_name(7)).read_bytes() == b"SEG9 and what it holds"
    assert [path.name for path in sealed_segments(tmp_path)] == [segment_name(7)]


def test_what_a_killed_writer_left_whole_is_on_disk_before_the_next_segment_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / segment_name(0)
    left.write_bytes(MAGIC + frame_head(b"never synced") + b"never synced")
    synced, fsync = list[str](), os.fsync
    monkeypatch.setattr(os, "fsync", lambda fd: (synced.append(os.readlink(f"/proc/self/fd/{fd}")), fsync(fd))[1])
    SegmentWriter(tmp_path)
    assert synced[0] == str(left)
    assert payloads(left) == [b"never synced"]


def test_whole_frames_behind_a_damaged_one_are_no_torn_tail_and_are_not_cut(tmp_path: Path) -> None:
    frames = [frame_head(record) + record for record in (b"\1\0first", b"\1\0damaged", b"\1\0acknowledged")]
    damaged = MAGIC + b"".join(frames).replace(b"damaged", b"d?maged")
    (tmp_path / segment_name(0)).write_bytes(damaged)
    writer = SegmentWriter(tmp_path)
    assert writer.append(b"next") == (1, 4)
    assert (tmp_path / segment_name(0)).read_bytes() == damaged


@pytest.mark.parametrize("length", [0, 5, 3_000, 70_000, (1 << 24) + 1, (1 << 32) - 1])
def test_whole_frames_behind_a_damaged_length_are_no_torn_tail_and_are_not_cut(tmp_path: Path, length: int) -> None:
    run = RunHead(5, 1, 1, 1, 1).encode()
    first, second = (frame_head(run, bytes(3_000)) + run + bytes(3_000) for _ in range(2))
    damaged = MAGIC + length.to_bytes(4, "little") + first[4:] + second + second[:50]
    (tmp_path / segment_name(0)).write_bytes(damaged)
    writer = SegmentWriter(tmp_path)
    assert writer.append(b"next") == (1, 4)
    assert (tmp_path / segment_name(0)).read_bytes() == damaged


def test_a_torn_tail_that_was_made_to_look_like_frames_does_not_hold_the_start_up(tmp_path: Path) -> None:
    bait = (100_000).to_bytes(4, "little") + bytes(4) + b"\1\0"
    torn = (1 << 20).to_bytes(4, "little") + bytes(4) + bait * 50_000
    (tmp_path / segment_name(0)).write_bytes(MAGIC + torn)
    started = time.monotonic()
    SegmentWriter(tmp_path).close()
    assert time.monotonic() - started < 20


def test_connection_and_session_are_read_from_the_newest_frame(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path)
    assert writer.last_run_header is None
    for connection in (3, 4):
        writer.append(RunHead(5, connection, 111, 99, 1).encode(), b"\x30\x03\x00\x01a")
    writer.close()
    SegmentWriter(tmp_path).close()
    again = SegmentWriter(tmp_path)
    assert again.last_run_header == (4, 99)


def test_two_writers_cannot_share_a_spool(tmp_path: Path) -> None:
    first = SegmentWriter(tmp_path)
    with pytest.raises(SpoolBusy, match="another process writes"):
        SegmentWriter(tmp_path)
    first.close()
    SegmentWriter(tmp_path).close()


class FullDisk:
    """`os.writev` on a disk that has no room `times` times: half a frame, then none of it, then ENOSPC."""

    def __init__(self, times: int) -> None:
        self.left, self.slept = times, 0
        self._writev = os.writev

    def __call__(self, descriptor: int, parts: Sequence[bytes]) -> int:
        if not self.left:
            return self._writev(descriptor, parts)
        self.left -= 1
        if self.left % 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        return os.write(descriptor, b"".join(parts)[:5])

    def sleep(self, _: float) -> None:
        self.slept += 1


def test_a_full_disk_is_waited_out_and_leaves_no_half_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = FullDisk(5)
    writer = SegmentWriter(tmp_path, sleep=disk.sleep)
    writer.append(b"before")
    monkeypatch.setattr(os, "writev", disk)
    writer.append(b"while full")
    writer.append(b"after")
    assert disk.slept == 5
    assert payloads(tmp_path / segment_name(0)) == [b"before", b"while full", b"after"]


def test_a_real_full_disk_is_waited_out(tmp_path: Path) -> None:
    """A file size limit of this process gives a real short write and then a real error from the kernel."""
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    raised: list[float] = []

    def make_room(seconds: float) -> None:
        raised.append(seconds)
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    writer = SegmentWriter(tmp_path, sleep=make_room)
    writer.append(bytes(1000))
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1500, before[1]))
        writer.append(b"x" * 1000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert len(raised) == 1
    assert payloads(tmp_path / segment_name(0)) == [bytes(1000), b"x" * 1000]


def test_a_service_that_is_told_to_end_while_the_disk_is_full_ends_and_leaves_no_half_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, full = FullDisk(1_000), os.write
    writer = SegmentWriter(tmp_path, sleep=disk.sleep, stop=lambda: disk.slept == 4)
    writer.append(b"before")
    monkeypatch.setattr(os, "writev", disk)
    with pytest.raises(SpoolStopped, match="told to end"):
        writer.append(b"never acknowledged")
    assert disk.slept == 4
    with monkeypatch.context() as patch:  # no room for the next segment either
        patch.setattr(os, "write", lambda fd, data: full(fd, data[:2]))
        writer.close()
    assert [path.name for path in all_segments(tmp_path)] == [segment_name(0)]
    assert payloads(tmp_path / segment_name(0)) == [b"before"]
    SegmentWriter(tmp_path).close()
    assert [path.name for path in sealed_segments(tmp_path)] == [segment_name(0)]


@pytest.mark.parametrize("name", ["writev", "fdatasync"])
def test_a_failing_disk_stops_the_writer_with_an_error_that_paho_does_not_swallow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    writer = SegmentWriter(tmp_path)

    def broken(*_: object) -> int:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, name, broken)
    with pytest.raises(SpoolFailed) as caught:
        writer.append(b"x")
    assert not isinstance(caught.value, OSError)


def test_a_frame_whose_fdatasync_failed_is_taken_back_so_that_nobody_takes_it_for_durable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer = SegmentWriter(tmp_path)
    writer.append(b"durable")

    def broken(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fdatasync", broken)
    with pytest.raises(SpoolFailed):
        writer.append(b"perhaps lost")
    assert payloads(tmp_path / segment_name(0)) == [b"durable"]
