"""Hides as little as protects: every hidden cell stays open, whatever else of all editions is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log2

from bruk.disclosure.relations import Node
from bruk.disclosure.system import System, World

#: How far a whole number is moved when many are, and by which bits of their place cells are sent up or down.
_REACH = 2.0
_MASKS = (0, 1, 2, 4, 5)


@dataclass
class Hidden:
    """`cells`: hidden in the newest edition; `known`: those of them that earlier editions and public counts give away
    whatever is hidden today.
    """

    cells: set[Node]
    known: set[Node]


@dataclass(frozen=True)
class Task:
    """What must be hidden, what may be, and how open a hidden cell has to stay.

    `earlier`: cells that earlier editions hid; they stay open too. `group`: the tables that a cell stands in.
    `steps`: for an amount the distance that it must be able to move, both ways; whole numbers need `values` values.
    """

    system: System
    sensitive: frozenset[Node]
    may: frozenset[Node]
    earlier: frozenset[Node]
    group: Mapping[Node, frozenset[str]]
    values: int
    steps: Mapping[Node, float]


def suppress(task: Task) -> Hidden:
    """The sensitive cells and further ones. Deterministic; nothing that is hidden needlessly by itself stays hidden."""
    search = _Search(task)
    search.hide()
    search.show_again()
    return Hidden(search.hidden - task.earlier, search.known.keys() - task.earlier)


class _Search:
    """Takes cell after cell: finds other worlds at the least loss, and hides by what they differ from ours."""

    def __init__(self, task: Task) -> None:
        self._task, self._system = task, task.system
        self.hidden: set[Node] = set(task.sensitive | task.earlier)
        self.known: dict[Node, set[float]] = {}
        self.worlds: list[World] = []

    def hide(self) -> None:
        """Until every hidden cell is open, or has all the values that it has whatever is hidden."""
        self._shake()
        waiting = sorted(self.hidden, key=lambda node: (node not in self._task.sensitive, node))
        while waiting:
            node = waiting.pop(0)
            while not self._open(node, self._values(node)):
                world = self._other_world(node, self._values(node))
                if world is None:
                    self.known[node] = self._values(node)
                    break
                new = sorted(world.keys() - self.hidden)
                self.hidden.update(new)
                waiting += new
                self.worlds.append(world)

    def _shake(self) -> None:
        """A few worlds that open many cells at once, so that few are left to be asked for one by one."""
        rest = set(self.hidden)
        while rest:
            together = self._system.component(min(rest), self.hidden)
            rest -= set(together)
            reach = {node: 1.01 * self._task.steps.get(node, _REACH / 1.01) for node in together}
            for mask in _MASKS[: len(together)]:
                directions = [1 - 2 * ((n & mask).bit_count() % 2) for n in range(len(together))]
                self.worlds.append(self._system.spread(together, directions, reach))
                self.worlds.append(self._system.spread(together, [-way for way in directions], reach))

    def show_again(self) -> None:
        """Shows every cell that later choices made needless, the one of most worth first."""
        extra = sorted(self.hidden - self._task.sensitive - self._task.earlier, key=lambda n: (-self._price(n), n))
        for node in extra:
            self._try_to_show(node)

    def _try_to_show(self, node: Node) -> None:
        """Shows it if every hidden cell that it may move together with stays as open as it is."""
        rest = self.hidden - {node}
        kept = [world for world in self.worlds if node not in world]
        added: list[World] = []
        for other in self._system.component(node, self.hidden):
            if other == node:
                continue
            values = _values_in([*kept, *added], other, self._system.truth[other])
            while not self._open(other, values):
                world = self._world(other, values, rest, {})
                if world is None:
                    return
                added.append(world)
                values.add(world.get(other, self._system.truth[other]))
        self.hidden = rest
        self.known.pop(node, None)
        self.worlds = kept + added

    def _other_world(self, node: Node, values: set[float]) -> World | None:
        """In which the cell has another value: by what is hidden anyway, by its own tables, or by all of them."""
        world = self._world(node, values, self.hidden, {})
        if world is None:
            near = self._prices(lambda other: self._task.group[other] <= self._task.group[node])
            world = self._world(node, values, self.hidden, near)
        if world is None:
            world = self._world(node, values, self.hidden, self._prices(lambda _: True))
        return world

    def _world(
        self, node: Node, values: set[float], hidden: set[Node], prices: dict[Node, float]
    ) -> World | None:  # fmt: skip
        for low, high in self._gaps(node, values):
            world = self._system.world(node, low, high, hidden, prices)
            if world is not None:
                return world
        return None

    def _gaps(self, node: Node, values: set[float]) -> Iterator[tuple[float, float]]:
        """Where a value that is not found yet may lie: above, below, between."""
        true, least = self._system.truth[node], self._system.low_of(node)
        step = self._task.steps.get(node)
        if step is not None:
            if max(values) < true + step:
                yield true + step, inf
            if min(values) > max(true - step, least):
                yield least, max(true - step, least)
            return
        yield max(values) + 1, inf
        if min(values) - 1 >= least:
            yield least, min(values) - 1
        ordered = sorted(values)
        yield from ((a + 1, b - 1) for a, b in pairwise(ordered) if b - a > 1)

    def _open(self, node: Node, values: set[float]) -> bool:
        step = self._task.steps.get(node)
        known = self.known.get(node)
        if step is None:
            return len(values) >= (self._task.values if known is None else len(known))
        if known is not None:
            return max(values) >= max(known) and min(values) <= min(known)
        true, slack = self._system.truth[node], 1e-6 * max(1.0, step)
        return max(values) >= true + step - slack and min(values) <= max(true - step, self._system.low_of(node)) + slack

    def _values(self, node: Node) -> set[float]:
        return _values_in(self.worlds, node, self._system.truth[node])

    def _prices(self, wanted: Callable[[Node], bool]) -> dict[Node, float]:
        return {node: self._price(node) for node in self._task.may if node not in self.hidden and wanted(node)}

    def _price(self, node: Node) -> float:
        """What hiding it loses: more with its value, and with how many cells it is the total of."""
        return (1 + log2(1 + max(0.0, self._system.truth[node]))) * 4.0 ** -len(node.cell.at)


def _values_in(worlds: Iterable[World], node: Node, true: float) -> set[float]:
    return {true, *(world[node] for world in worlds if node in world)}
