"""The numbers of an outbox against a plain set, and the bounds that no device can make them pass."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingestion.acknowledge import highs as module
from ingestion.acknowledge.highs import MAX_BOOTS, MAX_RANGES, Highs, Numbers


def contiguous(seen: set[int]) -> int:
    high = -1
    while high + 1 in seen:
        high += 1
    return high


@given(st.lists(st.integers(0, 40), max_size=120))
def test_high_and_ranges_say_what_a_set_says(order: list[int]) -> None:
    numbers, seen = Numbers(), set[int]()
    for seq in order:
        numbers.add(seq)
        seen.add(seq)
        assert numbers.high == contiguous(seen)
        held = set(range(numbers.high + 1)).union(*(range(*span) for span in numbers.above))
        assert held == seen
        edges = [numbers.high + 1, *(edge for span in numbers.above for edge in span)]
        assert edges == sorted(set(edges)), "ranges are in order, and neither empty nor adjacent"


@given(st.permutations(range(30)))
def test_in_whatever_order_they_come_at_the_end_there_is_no_gap(order: list[int]) -> None:
    numbers = Numbers()
    for seq in order:
        numbers.add(seq)
    assert (numbers.high, numbers.above) == (29, [])


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(0, 45))
def test_a_device_that_holds_nothing_below_a_number_is_not_asked_for_it(order: list[int], first: int) -> None:
    numbers, seen = Numbers(), set(order)
    for seq in order:
        numbers.add(seq)
    expected = contiguous(seen | set(range(first)))
    assert numbers.start_from(first) == (expected > contiguous(seen) or (first > contiguous(seen) + 1))
    assert numbers.high == max(expected, contiguous(seen))


def test_a_jump_to_the_largest_number_and_a_million_gaps_take_no_memory_and_claim_nothing() -> None:
    numbers = Numbers()
    numbers.add((1 << 53) - 1)
    for seq in range(1, 2 * MAX_RANGES * 3, 2):
        numbers.add(seq)
    assert numbers.high == -1
    assert len(numbers.above) == MAX_RANGES
    assert numbers.forgotten > 0
    for seq in range(2 * MAX_RANGES * 3):  # what was forgotten is sent again
        numbers.add(seq)
    assert numbers.high == 2 * MAX_RANGES * 3 - 1


def test_of_thousands_of_boots_the_newest_are_remembered() -> None:
    highs = Highs()
    for boot in range(1, 5_000):
        highs.of("gw", boot).add(0)
    assert highs.boots("gw") == MAX_BOOTS
    assert list(highs.newest()) == [("gw", 4_999, 0)]
    assert highs.of("gw", 4_998).high == 0
    assert highs.of("gw", 1).high == -1


def test_outboxes_that_take_turns_are_both_kept_and_their_turns_are_counted() -> None:
    highs = Highs()
    for seq in range(4):
        for boot in (7, 8):
            highs.of("gw", boot).add(seq)
    assert (highs.of("gw", 7).high, highs.of("gw", 8).high) == (3, 3)
    assert highs.returns["gw"] >= 6


def test_a_new_outbox_of_a_device_is_no_return() -> None:
    highs = Highs()
    for boot in (7, 8, 9):
        highs.of("gw", boot).add(0)
    assert not highs.returns


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 3), st.integers(0, 9)), max_size=40))
def test_what_is_written_as_json_is_read_back_equal(events: list[tuple[str, int, int]]) -> None:
    highs = Highs()
    for device, boot, seq in events:
        highs.of(device, boot).add(seq)
    again = Highs.from_plain(highs.to_plain())
    assert again.to_plain() == highs.to_plain()
    assert list(again.newest()) == list(highs.newest())


def test_the_bounds_are_small_enough_for_a_checkpoint_every_few_seconds() -> None:
    assert module.MAX_BOOTS * module.MAX_RANGES <= 100_000
