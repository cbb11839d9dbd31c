"""The numbers of outboxes, held against a plain set that knows every one of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from ingestion.ledger import Firsts, Gap, Landing, Ledger, Said
from ingestion.ledger.database import reading
from ingestion.ledger.memory import Memory
from ingestion.ledger.numbers import KnownNumbers

BOX = ("gw-dal", 7)


def committed(ledger: Ledger, segments: list[list[list[int]]]) -> dict[int, str]:
    """Judges groups of segments of numbers; returns number → place of the first, as the plain truth has it."""
    truth: dict[int, str] = {}
    count = 0
    for group in segments:
        with reading(ledger.path) as connection:
            memory = Memory(connection)
            landings = []
            for numbers in group:
                landings.append(Landing(f"mqtt/{count:012d}", "", received=len(numbers)))
                memory.begin(landings[-1])
                for place, number in enumerate(numbers):
                    said: Said = (number.to_bytes(8, "little"), place, count * 1000 + place)
                    found = memory.first(BOX, number, said)
                    assert (found.place if found else None) == truth.get(number)
                    truth.setdefault(number, f"{landings[-1].segment}:{place}")
                count += 1
        for landing in landings:
            ledger.commit(landing, 1)
    return truth


NUMBERS = st.lists(st.integers(0, 40) | st.integers(2**53 - 3, 2**53 - 1), max_size=12)


@given(st.lists(st.lists(NUMBERS, min_size=1, max_size=3), max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_number_is_known_with_its_first_place_and_the_gaps_are_what_did_not_come(
    segments: list[list[list[int]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(Path(folder) / "ledger.sqlite")
        truth = committed(ledger, segments)
        with reading(ledger.path) as connection:
            known = KnownNumbers(connection)
            for number in range(45):
                found = known.find(BOX, number)
                assert (found.place if found else None) == truth.get(number)
                assert found is None or found.content == number.to_bytes(8, "little")
        missing = sum(gap.last - gap.first + 1 for gap in ledger.gaps())
        assert missing == (max(truth) + 1 - len(truth) if truth else 0)
        assert [s.missing for s in ledger.sequences()] == ([missing] if truth else [])
        for gap in ledger.gaps():
            assert gap.first - 1 in truth or gap.first == 0
            assert gap.last + 1 in truth


def test_a_gap_is_as_old_as_the_number_that_opened_it_and_is_gone_when_it_is_filled(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite")
    committed(ledger, [[[0, 1, 9]], [[20]], [[5]]])
    assert ledger.gaps() == [Gap(*BOX, 2, 4, 2), Gap(*BOX, 6, 8, 2), Gap(*BOX, 10, 19, 1000)]
    filled = Landing(
        "mqtt/000000000009", "", numbers={BOX: Firsts((n, (b"8 bytes.", n, 9000)) for n in (*range(2, 5), 11))}
    )
    ledger.commit(filled, 1)
    assert ledger.gaps() == [Gap(*BOX, 6, 8, 2), Gap(*BOX, 10, 10, 1000), Gap(*BOX, 12, 19, 1000)]
