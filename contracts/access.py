"""Which device may write which topics, by registry and sources alone: the broker's access list is made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from pathlib import Path

from contracts.documents import read_loosely
from contracts.errors import ContractError
from contracts.registry import Equipment, Registry
from contracts.sources import MqttTransport, Source, prefix_problem

#: Only our own services write below these: a forged acknowledgement would make a device delete unsaved data.
OURS = ("nms/v1/_ack/#", "nms/v1/_selftest/#")
_LEVEL = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says of its topics: the prefix, and whose they are (one machine's, or that of the path)."""

    source: str
    prefix: str
    fixed: str | None
    by_path: bool


@dataclass(frozen=True, slots=True)
class Right:
    """One device may write under one topic filter, from a calendar day up to and including another."""

    device: str
    topics: str
    valid_from: date
    valid_to: date

    def contests(self, other: Right) -> bool:
        """Whether two devices could write the same topic on some day."""
        apart = self.valid_to < other.valid_from or other.valid_to < self.valid_from
        return self.device != other.device and not apart and overlap(self.topics, other.topics)


def claim(source: Source) -> Claim | None:
    """The claim of an MQTT source that is not retired (a draft is tried with real messages); else None."""
    if not isinstance(source.transport, MqttTransport) or source.status == "retired" or source.equipment is None:
        return None
    return Claim(source.id, source.transport.prefix, source.equipment.fixed, bool(source.equipment.topic_path))


def stated_claim(file: Path) -> Claim | None:
    """The claim of a file that is wrong elsewhere: a typing error there must not shut a machine out."""
    try:
        document = read_loosely(file)
        prefix, whose = document["transport"]["prefix"], document["equipment"]
        if document["transport"]["kind"] != "mqtt" or document.get("status") == "retired" or prefix_problem(prefix):
            return None
        return Claim(file.stem, prefix, whose.get("fixed"), whose.get("topic_path") is True)
    except (KeyError, TypeError, AttributeError):
        return None


def rights(registry: Registry, claimed: Claim) -> list[Right]:
    """What a claim gives to the devices of the registry, each with the validity of its row."""
    found = []
    for machine in registry.equipment:
        if machine.id == claimed.fixed:
            levels: dict[str, str] = {}
        elif claimed.by_path and claimed.source in machine.sources:
            levels = path_levels(registry, machine)
        else:
            continue
        topics = _LEVEL.sub(lambda named, levels=levels: levels.get(named[1], "+"), claimed.prefix) + "/#"  # type: ignore[misc]
        found.append(Right(machine.device, topics, machine.valid_from, machine.valid_to))
    return found


def path_levels(registry: Registry, machine: Equipment) -> dict[str, str]:
    """The ISA-95 levels of a machine's topics by name."""
    region = next(testbed.region for testbed in registry.testbeds if testbed.id == machine.testbed)
    return {
        "region": region, "testbed": machine.testbed, "area": machine.area, "work_centre": machine.work_centre,
        "work_unit": machine.work_unit,
    }  # fmt: skip


class Granted:
    """The rights given so far. A claim that contests one of them gets nothing, for the topic says who the device is."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._tree = _Level()
        for topics in OURS:
            self._tree.add(Right("", topics, date.min, date.max))

    def grant(self, claimed: Claim) -> tuple[Right, Right] | None:
        """Gives what is claimed, or nothing of it and the two rights that contest each other."""
        new, beside = rights(self._registry, claimed), _Level()
        for right in new:
            near = (*self._tree.near(right.topics), *beside.near(right.topics))
            if (other := next((one for one in near if right.contests(one)), None)) is not None:
                return right, other
            beside.add(right)
        for right in new:
            self._tree.add(right)
        return None

    def on(self, day: date) -> dict[str, list[str]]:
        """Device → its topic filters on that day, sorted."""
        found: dict[str, set[str]] = {}
        for right in self._tree.all():
            if right.device and right.valid_from <= day <= right.valid_to:
                found.setdefault(right.device, set()).add(right.topics)
        return {device: sorted(topics) for device, topics in sorted(found.items())}


class _Level:
    """A level of the topic tree, with the rights whose filter ends here (`…/#`). A thousand machines take no second."""

    def __init__(self) -> None:
        self._below: dict[str, _Level] = {}
        self._rights: list[Right] = []

    def add(self, right: Right) -> None:
        """Puts the right where its filter ends."""
        level = self
        for name in right.topics.split("/")[:-1]:
            level = level._below.setdefault(name, _Level())
        level._rights.append(right)

    def near(self, topics: str) -> Iterator[Right]:
        """The rights whose filter overlaps this one."""
        return self._near(topics.split("/")[:-1])

    def all(self) -> Iterator[Right]:
        """Every right from here on."""
        yield from self._rights
        for level in self._below.values():
            yield from level.all()

    def _near(self, names: list[str]) -> Iterator[Right]:
        if not names:
            yield from self.all()
            return
        yield from self._rights
        for name in self._below if names[0] == "+" else (names[0], "+"):
            if name in self._below:
                yield from self._below[name]._near(names[1:])


def overlap(one: str, other: str) -> bool:
    """Whether some topic matches both filters (`+` one level, `#` the rest, also none)."""
    for left, right in zip_longest(one.split("/"), other.split("/")):
        if "#" in (left, right):
            return True
        if left is None or right is None or (left != right and "+" not in (left, right)):
            return False
    return True


def uncontested(registry: Registry, sources: dict[str, Source]) -> tuple[dict[str, Source], list[ContractError]]:
    """The sources without those that give another device's topics away, and what is wrong with the latter."""
    granted, kept, wrong = Granted(registry), dict[str, Source](), list[ContractError]()
    for name, source in sorted(sources.items()):
        claimed = claim(source)
        contest = granted.grant(claimed) if claimed else None
        if contest is None:
            kept[name] = source
        else:
            wrong.append(_contested(name, *contest))
    return kept, wrong


def _contested(source: str, right: Right, other: Right) -> ContractError:
    owner = f"device '{other.device}'" if other.device else "Bruk itself"
    problem = f"device '{right.device}' would write {right.topics}, which belongs to {owner} ({other.topics})"
    return ContractError(f"{source}.yaml", None, problem, "Give each device topics of its own, by another prefix")
