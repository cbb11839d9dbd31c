"""The machines of a fault run and what each says: the n-th word of a machine is a known function of n."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from contracts.site import Site
from tests.sites import REGISTRY, equipment, make_site, text

CHANNEL = "level"
STEP = timedelta(milliseconds=40)  # two million words fit into one day
REPEATS = 8  # of a machine without numbers, each eighth word repeats the one before it, byte for byte
HINTS = 20  # retained states without a time of their own, which were there before anyone listened


class Kind(Enum):
    """What a machine can do for its own words; the promise follows from it."""

    OUTBOX = "outbox"  # end to end
    QOS1 = "qos1"  # safe from the broker on
    QOS0 = "qos0"  # best effort to the broker
    RETAINED = "retained"  # QoS 1, each word stays with the broker


@dataclass(frozen=True)
class Machine:
    """One machine with the number of words that it will say, and the number of its first word's instant."""

    name: str
    kind: Kind
    words: int
    begin: datetime

    @property
    def topic(self) -> str:
        """Where it speaks."""
        return f"nms/v1/dalarna/testbed-dal/hall-1/line-1/{self.name}/measurement_v1/{CHANNEL}"

    def content(self, n: int) -> int:
        """Which word stands at place n: n itself, or the one before where the machine repeats itself."""
        repeats = self.kind in (Kind.QOS1, Kind.QOS0) and n % REPEATS == REPEATS - 1
        return n - 1 if repeats else n

    def payload(self, n: int) -> bytes:
        """The n-th word."""
        c = self.content(n)
        observed = (self.begin + c * STEP).isoformat(timespec="milliseconds")
        return f'{{"ts":"{observed.replace("+00:00", "Z")}","v":{value(c)}}}'.encode()


def value(content: int) -> float:
    """The value of a word; exact in binary, in decimals and in SQL: `(n * 37 % 4096) / 8`."""
    return content * 37 % 4096 / 8


#: SQL of the content number of a landed row, of its value, and whether either is not what the machine said.
CONTENT_SQL = "(epoch_us(observed_at) - {begin_us}) // 40000"
ALTERED_SQL = (
    "(epoch_us(observed_at) - {begin_us}) % 40000 <> 0 or value <> ((" + CONTENT_SQL + ") * 37 % 4096) / 8.0 "
    "or channel <> '" + CHANNEL + "'"
)


def make_fleet(words: int, outboxes: int = 3) -> list[Machine]:
    """Machines that say `words` in all: seven tenths with an outbox, the rest at QoS 1, at QoS 0 and retained."""
    day = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)
    retained = max(1, words // 100)
    plain = words * 15 // 100
    numbered = words - retained - 2 * plain
    shares = [(Kind.OUTBOX, f"edge-{n}", numbered // outboxes + (n < numbered % outboxes)) for n in range(outboxes)]
    shares += [(Kind.QOS1, "plain-1", plain), (Kind.QOS0, "bare-1", plain), (Kind.RETAINED, "sign-1", retained)]
    return [Machine(name, kind, share, day) for kind, name, share in shares]


def hints() -> Iterator[tuple[str, bytes]]:
    """Topic and payload of the retained states without a time."""
    yield "octoPrint/mqtt", b"disconnected"


def make_fleet_site(folder: Path, fleet: list[Machine]) -> Site:
    """A site whose registry knows the fleet: one certificate, and so one outbox at most, for each machine."""
    machines = [equipment(f"dal-{m.name}", m.name, "press", m.name, ["uns"]) for m in fleet]
    channels = [
        {"equipment": f"dal-{m.name}", "channel": CHANNEL, "name": text("Nivå"), "unit": "mm", "minimum": 0.0,
         "maximum": 512.0, "valid_from": "2026-01-01"}
        for m in fleet
    ]  # fmt: skip
    known: dict[str, list[Any]] = {
        "equipment": [*REGISTRY["equipment"], *machines],
        "channels": [*REGISTRY["channels"], *channels],
    }
    return make_site(folder, registry=known)
