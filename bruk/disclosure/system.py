"""The attacker's system: what is told, what is not, and which other worlds fit to it; every world found is kept."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from math import inf

from bruk.disclosure.relations import Node, Relation
from bruk.disclosure.solver import Problem, Row, solve

#: How many cells are let move before more of them are.
_NEAR = (40, 160, inf)
#: A world that fits to all that is told, as node → value where it differs from the true one.
World = dict[Node, float]


class System:
    """The cells of all editions with the true values (of earlier hidden ones: values that fit) and their relations.

    `low`: what is known of a hidden cell besides (a value shown earlier that it cannot have fallen below); else 0.
    `amounts`: the measures whose values need not be whole.
    """

    def __init__(
        self,
        truth: Mapping[Node, float],
        relations: Iterable[Relation],
        low: Mapping[Node, float],
        amounts: Collection[str],
    ) -> None:
        self.truth, self._low, self._amounts = dict(truth), low, amounts
        self.relations = list(relations)
        #: By how much the true values fulfil a relation that is no equation.
        self.slack = [sum(factor * self.truth[node] for node, factor in r.terms) for r in self.relations]
        self._relations: defaultdict[Node, list[int]] = defaultdict(list)
        near: defaultdict[Node, dict[Node, None]] = defaultdict(dict)
        for n, relation in enumerate(self.relations):
            together = dict.fromkeys(node for node, _ in relation.terms)
            for node in together:
                self._relations[node].append(n)
                near[node] |= together
        self._near = {node: list(others) for node, others in near.items()}

    def component(self, start: Node, free: Collection[Node], most: float = inf) -> list[Node]:
        """The free cells that can move when this one does, in order; of more than so many the nearest."""
        found, waiting = {start}, deque([start])
        while waiting and len(found) < most:
            for other in self._near.get(waiting.popleft(), ()):
                if other not in found and other in free:
                    found.add(other)
                    waiting.append(other)
        return sorted(found)

    def world(
        self, node: Node, low: float, high: float, hidden: Set[Node], prices: Mapping[Node, float]
    ) -> World | None:
        """The cheapest world in which the cell lies in low … high; None: no world does.

        `hidden` cells move freely. A cell with a price is shown today; each unit by which it differs costs that much.
        Cells that are far away are held fast as long as the near ones give a world.
        """
        movable = hidden | prices.keys() if prices else hidden
        free: list[Node] = []
        for most in _NEAR:
            nearest = self.component(node, movable, most)
            if len(nearest) == len(free):
                return None
            free = nearest
            problem = _Formulation(self, free, prices)
            problem.bound(node, low, high)
            found = solve(problem.problem())
            if found is not None:
                return problem.world(found)
        return None

    def spread(self, free: list[Node], directions: Sequence[int], most: Mapping[Node, float]) -> World:
        """A world in which as many of these cells as can be move in their direction, by `most` at the most."""
        problem = _Formulation(self, free, {})
        problem.pull(directions, most)
        found = solve(problem.problem())
        return problem.world(found) if found is not None else {}

    def relations_of(self, nodes: Iterable[Node]) -> list[int]:
        """The place of each relation in which one of the cells stands, once."""
        return list(dict.fromkeys(n for node in nodes for n in self._relations[node]))

    def low_of(self, node: Node) -> float:
        """The least value that the cell can have for all that is known besides the relations."""
        return self._low.get(node, 0.0)

    def is_whole(self, node: Node) -> bool:
        return node.cell.measure not in self._amounts


def fit(
    truth: Mapping[Node, float],
    hidden: Collection[Node],
    relations: Iterable[Relation],
    low: Mapping[Node, float],
    whole: bool,
) -> dict[Node, float] | None:
    """Values of the hidden cells that fit to the others in all relations; None when no values do."""
    at = {node: n for n, node in enumerate(sorted(hidden))}
    rows = []
    for relation in relations:
        terms = [(at[node], float(factor)) for node, factor in relation.terms if node in at]
        rest = sum(factor * truth[node] for node, factor in relation.terms if node not in at)
        rows.append(Row(terms, -rest, -rest if relation.equal else inf))
    size = len(at)
    found = solve(Problem([1.0] * size, [low.get(node, 0.0) for node in at], [inf] * size, [whole] * size, rows))
    return dict(zip(at, found, strict=True)) if found is not None else None


class _Formulation:
    """Moves of the free cells as variables: one for a hidden cell, two (up and down) for one with a price."""

    def __init__(self, system: System, free: list[Node], prices: Mapping[Node, float]) -> None:
        self._system = system
        self._scale = 1.0 if all(map(system.is_whole, free)) else max(1.0, *(abs(system.truth[n]) for n in free)) / 1000
        self._parts: dict[Node, list[tuple[int, int]]] = {}
        self._cost: list[float] = []
        self._low: list[float] = []
        self._high: list[float] = []
        self._whole: list[bool] = []
        for node in free:
            room = (system.truth[node] - system.low_of(node)) / self._scale
            if node in prices:
                self._parts[node] = [
                    (self._variable(node, 0, inf, prices[node]), 1),
                    (self._variable(node, 0, room, prices[node]), -1),
                ]
            else:
                self._parts[node] = [(self._variable(node, -room, inf, 0), 1)]
        self._rows = [self._row(n) for n in system.relations_of(free)]

    def bound(self, node: Node, low: float, high: float) -> None:
        """The cell's value lies in low … high."""
        true = self._system.truth[node]
        terms = [(variable, float(sign)) for variable, sign in self._parts[node]]
        self._rows.append(Row(terms, (low - true) / self._scale, (high - true) / self._scale))

    def pull(self, directions: Sequence[int], most: Mapping[Node, float]) -> None:
        """Each cell moves its way as far as it may; for cells without a price."""
        for n, (node, direction) in enumerate(zip(self._parts, directions, strict=True)):
            reach = most[node] / self._scale
            self._low[n], self._high[n] = max(self._low[n], -reach), reach
            self._cost[n] = -float(direction)

    def problem(self) -> Problem:
        return Problem(self._cost, self._low, self._high, self._whole, self._rows)

    def world(self, point: list[float]) -> World:
        moves = {
            node: self._scale * sum(sign * point[variable] for variable, sign in parts)
            for node, parts in self._parts.items()
        }
        return {node: self._system.truth[node] + move for node, move in moves.items() if abs(move) > 1e-6 * self._scale}

    def _variable(self, node: Node, low: float, high: float, cost: float) -> int:
        self._cost.append(cost)
        self._low.append(low)
        self._high.append(high)
        self._whole.append(self._system.is_whole(node))
        return len(self._cost) - 1

    def _row(self, n: int) -> Row:
        """The relation among moves: the true values fulfil it already, with some slack where it is no equation."""
        relation = self._system.relations[n]
        moving = [(factor, parts) for node, factor in relation.terms if (parts := self._parts.get(node))]
        terms = [(variable, float(factor * sign)) for factor, parts in moving for variable, sign in parts]
        return Row(terms, 0.0, 0.0) if relation.equal else Row(terms, -self._system.slack[n] / self._scale, inf)
