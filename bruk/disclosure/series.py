"""Which values of indicators may be told: by scope, month after month, and edition after edition.

The values of one indicator and month by scope are linked cells, and a cumulative value of this month less that of the
last is a value too: it may be one enterprise's money. So a new value is told only when it and its change stand on
enough contributors; else the one told last stands ("oförändrat sedan …").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

from bruk.disclosure.cells import Cell, CellId, Layer, Number, Said
from bruk.disclosure.protection import Protected, Why, protect
from contracts.disclosure import About, Dimension, Rules, TableDefinition
from contracts.documents import Text

PROGRAMME = "programme"
_NO_NAME = Text(sv="", en="")


class Key(NamedTuple):
    """One value of one indicator."""

    indicator: str
    scope_type: str
    scope_id: str
    period: date


@dataclass(frozen=True)
class Measured:
    """How the values of an indicator hang together.

    `whole`: they count; else they are amounts. `cumulative`: since the start. `additive`: the scope types whose parts
    add up, a record having one of them at the most; `complete`: those of which every record has one. `public`: those by
    which the count is shown as it is (supported enterprises by programme, subproject and pilot).
    """

    about: About
    whole: bool = True
    cumulative: bool = True
    additive: frozenset[str] = frozenset()
    complete: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Told:
    """What a page may say: `value`, first told for the period `since`. None: nothing. `why`, of the period's own value
    where it is not told, is for the office alone.
    """

    key: Key
    value: Number | None
    since: date | None
    why: Why | None


def tell(
    values: Mapping[Key, Cell], measured: Mapping[str, Measured], before: Sequence[Mapping[Key, Cell]], rules: Rules
) -> list[Told]:
    """One row per value, in order of its key.

    `values`: the unprotected ones with contributors and the two largest. `before`: what earlier editions told, the
    oldest first: per key the value, and how many contributors stood behind it. An indicator that is not `measured`
    tells nothing. Raises StateError when additive scopes do not add up.
    """
    out: list[Told] = []
    for indicator, keys in groupby(sorted(values), key=lambda key: key.indicator):
        if indicator in measured:
            out += _Series(measured[indicator], values, before, rules).told(list(keys))
        else:
            out += [Told(key, None, None, "primary") for key in keys]
    return sorted(out, key=lambda one: one.key)


class _Series:
    """The values of one indicator, from its first month to its last."""

    def __init__(
        self, how: Measured, values: Mapping[Key, Cell], before: Sequence[Mapping[Key, Cell]], rules: Rules
    ) -> None:
        self._how, self._values, self._before, self._rules = how, values, before, rules
        self._last: dict[tuple[str, str], tuple[Said, date]] = {}

    def told(self, keys: list[Key]) -> list[Told]:
        months = groupby(sorted(keys, key=lambda key: key.period), key=lambda key: key.period)
        return [one for period, found in months for one in self._month(period, list(found))]

    def _month(self, period: date, keys: list[Key]) -> list[Told]:
        told: list[Told] = []
        for group in self._linked(keys):
            places = {_cell(key, group): key for key in group}
            layers = [self._month_before(places), *self._editions(period, places)]
            cells = {cell: self._values[key] for cell, key in places.items()}
            protected = protect(self._tables(group), cells, [one for one in layers if one.cells], self._rules)
            found = {one.cell: one for one in protected}
            told += [self._row(key, found.get(cell), period) for cell, key in places.items()]
        return told

    def _linked(self, keys: list[Key]) -> list[list[Key]]:
        """The values that stand in one table: all, if there is one of the programme; else each stands alone."""
        return [keys] if any(key.scope_type == PROGRAMME for key in keys) else [[key] for key in keys]

    def _row(self, key: Key, one: Protected | None, period: date) -> Told:
        """The month's own value, or of a cumulative one the value that stands."""
        if one is None:  # nobody is in any scope
            shown = self._rules.of(self._how.about).zero_is_shown
            return Told(key, 0, period, None) if shown else Told(key, None, None, "primary")
        scope = key.scope_type, key.scope_id
        if one.why is None:
            self._last[scope] = Said(one.value, one.value, one.contributors), period
            return Told(key, one.value, period, None)
        said, since = self._last.get(scope, (Said(None), period))
        self._last[scope] = Said(None, said.last, said.contributors), since
        stands = self._how.cumulative and said.last is not None
        return Told(key, said.last if stands else None, since if stands else None, one.why)

    def _month_before(self, places: Mapping[CellId, Key]) -> Layer:
        """Of a level the last month says nothing about this one."""
        if not self._how.cumulative:
            return Layer("month before")
        scopes = {cell: (key.scope_type, key.scope_id) for cell, key in places.items()}
        return Layer("month before", {c: self._last[scope][0] for c, scope in scopes.items() if scope in self._last})

    def _editions(self, period: date, places: Mapping[CellId, Key]) -> Iterator[Layer]:
        """What earlier editions told of the same month."""
        for n, edition in enumerate(self._before):
            told = {cell: edition[key] for cell, key in places.items() if key in edition}
            yield Layer(str(n), {at: Said(cell.value, cell.value, cell.contributors) for at, cell in told.items()})

    def _tables(self, keys: list[Key]) -> list[TableDefinition]:
        """A table per scope type, all with the programme as their total."""
        kinds = sorted({key.scope_type for key in keys} - {PROGRAMME}) if len(keys) > 1 else []
        public = self._how.public
        if len(keys) == 1:  # it is the total of a table of its own
            public = frozenset({PROGRAMME} if keys[0].scope_type in public else ())
        return [self._table(keys[0].indicator, kind, public) for kind in kinds or [PROGRAMME]]

    def _table(self, indicator: str, kind: str, public: frozenset[str]) -> TableDefinition:
        return TableDefinition.model_construct(
            id=f"{indicator} {kind}", measure=indicator, name=_NO_NAME, about=self._how.about, mart="", subject="",
            how="subjects" if self._how.whole else "sum", record=None, of=None, unit="",
            dimensions=[
                Dimension(
                    column=kind, name=_NO_NAME, overlapping=kind not in self._how.additive,
                    complete=kind in self._how.complete,
                )
            ],
            public=[[] if one == PROGRAMME else [one] for one in sorted(public)],
            cumulative=self._how.cumulative,
        )  # fmt: skip


def _cell(key: Key, group: Sequence[Key]) -> CellId:
    alone = len(group) == 1 or key.scope_type == PROGRAMME
    return CellId(key.indicator, () if alone else ((key.scope_type, key.scope_id),))
