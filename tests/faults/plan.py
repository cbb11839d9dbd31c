"""Which faults happen, in which order and where: drawn from a seed, every kind equally often."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

#: Every fault by name, with how long it lasts in seconds (0: a single moment).
FAULTS: dict[str, float] = {
    "kill receiver": 0,
    "kill broker": 0,
    "kill sealer": 0,
    "kill keeper": 0,
    "kill follower": 0,
    "kill machine": 0,
    "disk full": 1.5,
    "reset receiver in mid packet": 0,
    "reset machines in mid packet": 0,
    "cut receiver": 1.0,
    "cut machines": 2.0,
    "delay receiver": 3.0,
    "delay machines": 3.0,
    "half-open machines": 2.0,
    "trickle to machines": 2.0,
    "follower stands still": 5.0,
    "receiver dies after write": 0,
    "receiver dies after fsync": 0,
    "receiver dies when sealing": 0,
    "sealer dies before the rename": 0,
    "sealer dies before the ledger": 0,
    "sealer dies after the ledger": 0,
    "keeper dies in mid archive": 0,
    "keeper dies in mid compaction": 0,
    "follower dies before it acknowledges": 0,
}


@dataclass(frozen=True)
class Fault:
    """One fault: when (share of all words that are safe by then), what, and which machine where it is one."""

    at: float
    name: str
    machine: str
    seconds: float


def draw(seed: int, count: int, machines: Sequence[str], names: Sequence[str] = tuple(FAULTS)) -> list[Fault]:
    """`count` faults in the order of their time. Equal arguments give equal faults."""
    chance = random.Random(seed)
    bag: list[str] = []
    found = []
    for number in range(count):
        if not bag:
            bag = list(names)
            chance.shuffle(bag)
        name = bag.pop()
        at = (number + chance.uniform(0.1, 0.9)) / (count + 1)
        found.append(Fault(at, name, chance.choice(list(machines)), FAULTS[name]))
    return found
