"""Protects the tables of a new edition against all that earlier editions have told: values in, what to show out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import Literal

from bruk.disclosure.cells import Cell, CellId, Layer, Number, Said, cell_ids
from bruk.disclosure.relations import Node, Relation, growth, structure
from bruk.disclosure.rules import sensitive
from bruk.disclosure.suppression import Task, suppress
from bruk.disclosure.system import System, fit
from contracts.disclosure import Rules, TableDefinition
from contracts.errors import StateError

#: For the office: why a cell is hidden. A reader is told only that it is: which of the hidden are the small ones would
#: bound each of them. `known`: it follows from earlier editions and public counts; the table adds nothing to it.
Why = Literal["primary", "dominance", "increment", "complementary", "known"]
_NOTHING = Cell(0, 0)


@dataclass(frozen=True, slots=True)
class Protected:
    """One cell of the new edition: what it may tell, why not more, the value last shown by it or an earlier one,
    and how many contributors stood behind that.
    """

    cell: CellId
    value: Number | None
    why: Why | None
    last: Number | None
    contributors: int


def protect(
    tables: Sequence[TableDefinition], cells: Mapping[CellId, Cell], earlier: Sequence[Layer], rules: Rules
) -> list[Protected]:
    """Every cell of the tables, in order, with its value or None.

    `cells` holds the unprotected ones; a combination that is not in it has no contributors. `earlier`: the editions
    that readers have or may have kept, the oldest first. Raises StateError when the cells of a table do not add up.
    """
    told = [table for table in tables if table.about == "public"]
    kept = [table for table in tables if table.about != "public"]
    found = [one for measure in _measures(kept) for one in _Measure(measure, cells, earlier, rules).protected()]
    found += [Protected(c, cells[c].value, None, cells[c].value, cells[c].contributors) for c in _of(told, cells)]
    return sorted(found, key=lambda one: one.cell)


def _of(tables: Sequence[TableDefinition], cells: Mapping[CellId, Cell]) -> set[CellId]:
    """The cells of these tables that have contributors."""
    return {cell for table in tables for cell in cell_ids(table, frozenset(cells)) if cell in cells}


def _measures(tables: Sequence[TableDefinition]) -> list[list[TableDefinition]]:
    """The tables of each measure: only these have cells in common."""
    names = sorted({table.measure for table in tables})
    return [[table for table in tables if table.measure == name] for name in names]


class _Measure:
    """The tables of one measure in all editions."""

    def __init__(
        self, tables: list[TableDefinition], cells: Mapping[CellId, Cell], earlier: Sequence[Layer], rules: Rules
    ) -> None:
        self._tables, self._rules, self._one = tables, rules, tables[0]
        mine = frozenset(cell for cell in cells if cell.measure == self._one.measure)
        self._layers = [
            {cell: said for cell, said in layer.cells.items() if cell.measure == self._one.measure} for layer in earlier
        ]
        self._layers = [layer for layer in self._layers if layer]
        # A value that an edition once listed stays listed: that it is gone is news too.
        listed = mine.union(*self._layers)
        self._ids = sorted({cell for table in tables for cell in cell_ids(table, listed)})
        self._cells = {cell: cells.get(cell, _NOTHING) for cell in self._ids}
        self._now = len(self._layers)

    def protected(self) -> list[Protected]:
        if not self._ids or not any(cell.contributors for cell in self._cells.values()):
            return []
        reasons = {cell: self._reason(cell) for cell in self._ids}
        truth, relations = self._world()
        must = frozenset(Node(self._now, cell) for cell, reason in reasons.items() if reason)
        may = frozenset(Node(self._now, cell) for cell in self._ids if not self._is_public(cell))
        hidden = suppress(
            Task(
                System(truth, relations, self._lows(truth), () if self._one.whole else (self._one.measure,)),
                must, may, frozenset(self._hidden_before()), self._groups(), self._rules.feasible_values,
                {} if self._one.whole else self._steps(truth),
            )
        )  # fmt: skip
        return [self._row(cell, Node(self._now, cell), hidden.cells, hidden.known, reasons[cell]) for cell in self._ids]

    def _reason(self, cell: CellId) -> Why | None:
        if self._is_public(cell):
            return None
        said = [layer[cell] for layer in self._layers if cell in layer]
        return sensitive(self._one, self._cells[cell], said, self._rules)

    def _row(self, cell: CellId, node: Node, hidden: set[Node], known: set[Node], reason: Why | None) -> Protected:
        if node not in hidden:
            found = self._cells[cell]
            return Protected(cell, found.value, None, found.value, found.contributors)
        why: Why = "known" if node in known else reason or "complementary"
        before = [said for layer in self._layers if (said := layer.get(cell)) and said.last is not None]
        last = before[-1] if before else Said(None)
        return Protected(cell, None, why, last.last, last.contributors)

    def _is_public(self, cell: CellId) -> bool:
        return any(cell.columns == frozenset(columns) for table in self._tables for columns in table.public)

    def _groups(self) -> dict[Node, frozenset[str]]:
        """The tables in which each cell stands, in every edition."""
        found: dict[CellId, set[str]] = {}
        for table in self._tables:
            for cell in cell_ids(table, frozenset(self._ids)):
                found.setdefault(cell, set()).add(table.id)
        names = {cell: frozenset(tables) for cell, tables in found.items()}
        return {Node(n, cell): names.get(cell, frozenset()) for n in range(self._now + 1) for cell in self._ids}

    def _hidden_before(self) -> list[Node]:
        return [Node(n, c) for n, layer in enumerate(self._layers) for c, said in layer.items() if said.value is None]

    def _steps(self, truth: Mapping[Node, float]) -> dict[Node, float]:
        return {node: self._rules.dominance.p * value for node, value in truth.items()}

    def _world(self) -> tuple[dict[Node, float], list[Relation]]:
        """The true world, with values that fit for what earlier editions hid, and the relations that hold in it.

        A correction may have lowered what an edition told. Then nobody can lean on growth, and it is left out where it
        does not hold; what remains is what the attacker is assumed to know. What editions of other definitions told may
        not even add up.
        """
        relations = list(self._structure(self._now, frozenset(self._ids)))
        now = {Node(self._now, cell): float(entry.value) for cell, entry in self._cells.items()}
        self._check_sums(now, relations)
        truth = now | {
            Node(n, cell): float(said.value)
            for n, layer in enumerate(self._layers)
            for cell, said in layer.items()
            if said.value is not None
        }
        hidden = set(self._hidden_before())
        before = [r for n, layer in enumerate(self._layers) for r in self._structure(n, frozenset(layer))]
        grows = list(self._growth(truth)) if self._one.cumulative else []
        for more in ([*before, *grows], before):
            found = fit(truth, hidden, [*relations, *more], self._lows(truth), self._one.whole)
            if found is not None:
                return truth | found, [*relations, *more]
        return truth | dict.fromkeys(hidden, 0.0), relations

    def _check_sums(self, now: Mapping[Node, float], relations: list[Relation]) -> None:
        for relation in relations:
            total = sum(factor * now[node] for node, factor in relation.terms)
            if abs(total) > _slack(now, relation) if relation.equal else total < -_slack(now, relation):
                raise StateError(f"the cells of {self._one.measure} do not add up: {relation.terms[0][0].cell}")

    def _growth(self, told: Mapping[Node, float]) -> Iterator[Relation]:
        """From each edition to the next, but for the stretch between two told values of which the later is lower."""
        for cell in self._ids:
            path = [node for n in range(self._now + 1) if (node := Node(n, cell)) in told or self._hid(node)]
            known = [(at, told[node]) for at, node in enumerate(path) if node in told]
            fallen = [(a, b) for (a, x), (b, y) in pairwise(known) if y < x]
            for at, (earlier, later) in enumerate(pairwise(path)):
                if not any(a <= at < b for a, b in fallen):
                    yield growth(earlier, later)

    def _hid(self, node: Node) -> bool:
        return node.edition < self._now and node.cell in self._layers[node.edition]

    def _lows(self, told: Mapping[Node, float]) -> dict[Node, float]:
        """What a hidden cell cannot be below: the value last shown of it, unless it was corrected since; and 1 where
        the table lists a value of a dimension only because somebody has it.
        """
        lows: dict[Node, float] = {}
        for cell in self._ids:
            last = 1.0 if len(cell.at) == 1 and self._one.whole else 0.0
            for n in range(self._now + 1):
                node = Node(n, cell)
                before = self._layers[n - (not self._hid(node))].get(cell) if n or self._hid(node) else None
                if self._one.cumulative and before and before.last is not None:
                    last = float(before.last)
                if node.edition == self._now or self._hid(node):
                    lows[node] = last
        now = {cell: told[Node(self._now, cell)] for cell in self._ids}
        return {node: low for node, low in lows.items() if low <= now[node.cell]}

    def _structure(self, n: int, ids: frozenset[CellId]) -> Iterable[Relation]:
        """The relations of one edition, of the cells that it has."""
        there = {Node(n, cell) for cell in ids}
        found = chain.from_iterable(structure(table, n, ids) for table in self._tables)
        return [r for r in dict.fromkeys(found) if all(node in there for node, _ in r.terms)]


def _slack(truth: Mapping[Node, float], relation: Relation) -> float:
    """What sums of decimals may differ by when they are reckoned in binary."""
    return 1e-9 * max(1.0, *(abs(truth[node]) for node, _ in relation.terms))
