"""The quick way to a message's number gives what the exact reader gives, whatever stands in the packets."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ingestion.acknowledge.numbered import numbered
from ingestion.rejection import Rejection
from ingestion.spool.frames import RunHead, scan
from ingestion.spool.frames import frame_head as head_of
from ingestion.spool.reader import SpooledMessage, Stretch, messages_of
from ingestion.validation.identity import from_properties
from tests.ingestion.mqtt.builder import one_property, publish, text

NAMES = st.sampled_from(["boot", "seq", "seq", "boot", "first", "other"])
VALUES = st.one_of(
    st.integers(0, 1 << 54).map(str),
    st.sampled_from(["", "0", "00", "07", "-1", "+1", "1.0", "٣", "9007199254740991", "9007199254740992", "7" * 17]),
)
PAIRS = st.lists(st.tuples(NAMES, VALUES), max_size=4)
PLAIN = st.tuples(st.integers(1, (1 << 53) - 1), st.integers(0, (1 << 53) - 1)).map(
    lambda number: [("boot", str(number[0])), ("seq", str(number[1]))]
)


@st.composite
def packets(draw: st.DrawFn) -> bytes:
    """A PUBLISH with a number as our outbox writes it, or with any other properties."""
    pairs = [b"\x26" + text(key.encode()) + text(value.encode()) for key, value in draw(st.one_of(PLAIN, PAIRS))]
    others = draw(st.lists(one_property(), max_size=draw(st.sampled_from([0, 0, 3]))))
    payload = draw(st.one_of(st.binary(max_size=30), st.just(b"x" * 20_000)))
    return publish(b"a/b", payload, qos=draw(st.integers(0, 2)), properties=b"".join(others + pairs))


def stretch_of(run: bytes, count: int) -> Stretch:
    payload = RunHead(5, 1, 1_000, 1, count).encode() + run
    data = head_of(payload) + payload
    return Stretch(Path("mqtt/000000000000.seg"), 4, data, scan(data, magic=False).spans)


def exactly(stretch: Stretch) -> list[tuple[bytes, int, int]]:
    """By the reader that landing uses."""
    found = []
    for item in messages_of(stretch):
        if isinstance(item, SpooledMessage):
            number = from_properties(item.user_properties)
            if number is not None and not isinstance(number, Rejection):
                found.append((item.topic_bytes, number.boot, number.seq))
    return found


@given(st.lists(packets(), min_size=1, max_size=6))
def test_both_ways_find_the_same_numbers(run: list[bytes]) -> None:
    stretch = stretch_of(b"".join(run), len(run))
    assert [(one.topic, one.boot, one.seq) for one in numbered(stretch)] == exactly(stretch)


@given(st.lists(packets(), min_size=1, max_size=3), st.integers(0, 300), st.integers(0, 255))
def test_whatever_the_bytes_are_nothing_is_raised_and_no_number_is_made_up(
    run: list[bytes], place: int, byte: int
) -> None:
    data = bytearray(b"".join(run))
    data[place % len(data)] = byte
    stretch = stretch_of(bytes(data), len(run))
    assert {(one.topic, one.boot, one.seq) for one in numbered(stretch)} <= {*exactly(stretch)}
