"""Which shares, ratios and medians may be told: by scope, month after month, and edition after edition.

A share with its n tells how many of them it holds for. So of two shares that differ by one person the difference tells
that person's answer; and the whole less all parts but one tells that part. A new value is told only when those by whom
it differs from each that was told are none or many, and so are those who stand in the parts that are not told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bruk.disclosure.cells import Cell
from bruk.disclosure.series import PROGRAMME, Key

#: Who stands behind a value, and with what: an answer that changes is a change as somebody who joins is.
Behind = Mapping[Hashable, Hashable]


@dataclass(frozen=True)
class _Told:
    """What is told of one indicator: now, by earlier editions of the same month, and of each scope who stood behind
    the values of the months so far that are told, by this edition or an earlier one."""

    least: int
    now: Mapping[Key, Cell]
    before: Sequence[Mapping[Key, Cell]]
    so_far: dict[tuple[str, str], list[Behind]] = field(default_factory=lambda: defaultdict(list))


def withheld_shares(
    behind: Mapping[Key, Behind],
    now: Mapping[Key, Cell],
    minimum: Mapping[str, int],
    before: Sequence[Mapping[Key, Cell]],
) -> set[Key]:
    """The keys of `now` whose values may not be told.

    `behind`: who stands behind each value, those of too few among them. `now`: the values that would be told, each with
    how many stand behind it. `minimum`: of each indicator, how many are many. `before`: what earlier editions told of
    the same month, the oldest first. What was told stays told; a month that is told otherwise must differ by many.
    """
    shown: set[Key] = set()
    for indicator, keys in groupby(sorted(behind), key=lambda key: key.indicator):
        told = _Told(minimum[indicator], now, before)
        for _, month in groupby(sorted(keys, key=lambda key: key.period), key=lambda key: key.period):
            found = {key: behind[key] for key in month}
            may = _of_month(found, told)
            shown |= may
            for key in found:
                if key in may or any(key in edition for edition in before):
                    told.so_far[_scope(key)].append(found[key])
    return now.keys() - shown


def _of_month(found: Mapping[Key, Behind], told: _Told) -> set[Key]:
    may = {key for key, people in found.items() if key in told.now and _may(key, people, told)}
    while hidden := _too_little_hidden(found, may, told):
        may.discard(hidden)
    return may


def _may(key: Key, people: Behind, told: _Told) -> bool:
    then = [edition[key] for edition in told.before if key in edition]
    if then and (then[-1].value, then[-1].contributors) == (told.now[key].value, told.now[key].contributors):
        return True
    if len(people) < told.least or any(0 < len(_differ(people, one)) < told.least for one in told.so_far[_scope(key)]):
        return False
    return not then or abs(told.now[key].contributors - then[-1].contributors) >= told.least


def _too_little_hidden(found: Mapping[Key, Behind], may: set[Key], told: _Told) -> Key | None:
    """A part that must not be told besides: with the whole, all other parts would tell of few. The smallest one helps
    at the least loss; where no part is left, the whole."""
    whole = next((key for key in may if key.scope_type == PROGRAMME), None)
    if whole is None:
        return None
    kinds = defaultdict(list)
    for key in found:
        kinds[key.scope_type].append(key)
    for kind, keys in sorted(kinds.items()):
        if kind != PROGRAMME and _tells_of_few(found, [key for key in keys if key not in may], told):
            parts = sorted((len(found[key]), key) for key in keys if key in may)
            return parts[0][1] if parts else whole
    return None


def _tells_of_few(found: Mapping[Key, Behind], hidden: Iterable[Key], told: _Told) -> bool:
    people: set[Hashable] = set()
    changed: set[Hashable] = set()
    for key in hidden:
        people |= found[key].keys()
        changed |= _changed(key, found[key], told)
    return 0 < len(people) < told.least or 0 < len(changed) < told.least


def _changed(key: Key, people: Behind, told: _Told) -> set[Hashable]:
    """Who differs from the value told last; nobody before the first."""
    so_far = told.so_far[_scope(key)]
    return _differ(people, so_far[-1]) if so_far else set()


def _differ(people: Behind, then: Behind) -> set[Hashable]:
    """Who joined, left, or stands there with something else."""
    return {one for one in people.keys() | then.keys() if people.get(one) != then.get(one)}


def _scope(key: Key) -> tuple[str, str]:
    return key.scope_type, key.scope_id
