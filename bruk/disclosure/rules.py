"""Which values tell of few by themselves: a small group, one who dominates, or few newcomers since an edition."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from bruk.disclosure.cells import Cell, Said
from contracts.disclosure import Dominance, Rules, TableDefinition

#: Why a cell is hidden by itself: its group is small, one contributor dominates, or the change since an edition is.
Sensitive = Literal["primary", "dominance", "increment"]


def sensitive(table: TableDefinition, cell: Cell, earlier: Iterable[Said], rules: Rules) -> Sensitive | None:
    """Why the cell may not be shown whatever else is; None: it may. `earlier`: what editions said of the same cell.

    The change is taken from the value last shown, however many editions ago that is. A count tells of its newcomers; an
    amount tells of few unless so many contributors are new.
    """
    group = rules.of(table.about)
    if is_small(cell.contributors, group.minimum, group.zero_is_shown):
        return "primary"
    if not table.whole and dominated(cell, rules.dominance):
        return "dominance"
    if any(_tells_of_few(table, cell, said, group.minimum) for said in earlier):
        return "increment"
    return None


def _tells_of_few(table: TableDefinition, cell: Cell, said: Said, minimum: int) -> bool:
    """Whether the difference to what was shown is about a group that may not be shown."""
    if said.last is None or said.last == cell.value:
        return False
    if table.whole:
        return abs(float(cell.value) - float(said.last)) < minimum
    return abs(cell.contributors - said.contributors) < minimum


def is_small(contributors: int, minimum: int, zero_is_shown: bool) -> bool:
    """Fewer than the minimum. That nobody is there is told of enterprises, and not of persons: with the total it would
    say of every person what she is not.
    """
    return contributors < minimum and not (contributors == 0 and zero_is_shown)


def dominated(cell: Cell, rule: Dominance) -> bool:
    """The (n,k) rule and the p % rule (Handbook on Statistical Disclosure Control, Hundepool et al. 2010, §4.2)."""
    total, largest, second = float(cell.value), float(cell.largest), float(cell.second)
    if total <= 0:
        return False
    greatest = largest if rule.contributors == 1 else largest + second
    return greatest > rule.share * total or total - largest - second < rule.p * largest
