"""What the numbers of one outbox said first in one segment: columns in order of arrival, an index only for repeats."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from operator import lt

#: What a message says, by which a repeat is told from a conflict: so many bytes of a hash of topic and payload.
CONTENT = 8
#: (content, offset in the segment, receive time in ns) of one numbered message.
Said = tuple[bytes, int, int]


class Firsts:
    """Numbers of one outbox with content, offset in the segment and receive time (ns) of each; none comes twice."""

    __slots__ = ("_contents", "_index", "_numbers", "_offsets", "_received")

    def __init__(self, said: Iterable[tuple[int, Said]] = ()) -> None:
        self._numbers, self._offsets, self._received = array("Q"), array("I"), array("q")
        self._contents = bytearray()
        self._index: dict[int, int] = {}
        for number, each in said:
            self.add(number, each)

    def add(self, number: int, said: Said) -> None:
        """A number that comes for the first time."""
        content, offset, received_ns = said
        self._numbers.append(number)
        self._offsets.append(offset)
        self._received.append(received_ns)
        self._contents += content

    def extend(
        self, numbers: Sequence[int], contents: Sequence[bytes], offsets: Sequence[int], received_ns: Sequence[int]
    ) -> None:
        """The same of many."""
        self._numbers.extend(numbers)
        self._offsets.extend(offsets)
        self._received.extend(received_ns)
        self._contents += b"".join(contents)

    def find(self, number: int) -> tuple[bytes, int] | None:
        """Content and offset of a number, None where it is not here."""
        index = self._index
        for place in range(len(index), len(self._numbers)):
            index[self._numbers[place]] = place
        found = index.get(number)
        return None if found is None else (self._content(found), self._offsets[found])

    def in_order(self) -> tuple[array[int], array[int], bytes, array[int]]:
        """Numbers in ascending order, and the offsets, contents and receive times that are theirs."""
        numbers = self._numbers
        if is_ascending(numbers):
            return numbers, self._offsets, bytes(self._contents), self._received
        order = sorted(range(len(numbers)), key=numbers.__getitem__)
        return (
            array("Q", [numbers[place] for place in order]),
            array("I", [self._offsets[place] for place in order]),
            b"".join([self._content(place) for place in order]),
            array("q", [self._received[place] for place in order]),
        )

    def _content(self, place: int) -> bytes:
        return bytes(self._contents[place * CONTENT : (place + 1) * CONTENT])


def is_ascending(numbers: Sequence[int]) -> bool:
    """Whether each number is above the one before it."""
    return all(map(lt, numbers, numbers[1:]))
