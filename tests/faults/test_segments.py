"""A segment torn at every byte and flipped at every byte: the whole frames before it, exactly, and nothing else."""

from __future__ import annotations

from pathlib import Path

from ingestion.spool.frames import MAGIC, Envelope, RunHead, frame_head, scan
from ingestion.spool.reader import Damaged, messages
from tests.ingestion.mqtt.builder import publish

RECORDS = 60


def segment() -> tuple[bytes, list[int]]:
    """A segment of runs and envelopes, and the offset behind each frame."""
    data, ends = bytearray(MAGIC), []
    for n in range(RECORDS):
        packets = publish(f"a/{n}".encode(), b'{"v":1}' * (n % 3 + 1), qos=1, packet_id=n + 1)
        run = RunHead(5, 1, n + 1, 7, 1).encode() + packets
        payload = run if n % 4 else Envelope(b"t", b"x" * n, n).encode()
        data += frame_head(payload) + payload
        ends.append(len(data))
    return bytes(data), ends


def before(ends: list[int], offset: int) -> int:
    """Whole frames that end at or before the offset."""
    return sum(end <= offset for end in ends)


def test_a_segment_cut_at_every_byte_gives_the_whole_frames_before_the_cut() -> None:
    data, ends = segment()
    for cut in range(len(data) + 1):
        found = scan(data[:cut])
        assert [end for _, end in found.spans] == ends[: before(ends, cut)]
        assert (found.reason == "clean") == (cut in (4, *ends))


def test_each_flipped_byte_is_seen_and_costs_nothing_before_it() -> None:
    data, ends = segment()
    for at in range(4, len(data)):
        for flip in (0x01, 0x80, 0xFF):
            spoiled = bytearray(data)
            spoiled[at] ^= flip
            found = scan(bytes(spoiled))
            assert found.reason != "clean"
            assert [end for _, end in found.spans] == ends[: before(ends, at)]


def test_a_sealed_segment_that_is_damaged_gives_what_stands_before_the_damage_and_one_damaged_place(
    tmp_path: Path,
) -> None:
    data, ends = segment()
    for at in range(4, len(data), 61):
        spoiled = bytearray(data)
        spoiled[at] ^= 0xFF
        file = tmp_path / "000000000000.seg"
        file.write_bytes(spoiled)
        *whole, last = messages(file)
        assert len(whole) == before(ends, at)
        assert isinstance(last, Damaged)
        assert last.rest
