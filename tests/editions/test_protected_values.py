"""The values of an edition that would tell of single persons or enterprises, month by month."""

from __future__ import annotations

from datetime import date

from bruk.disclosure.cells import Cell
from bruk.disclosure.series import Key, Measured, tell
from bruk.protected_values import _measured
from contracts.disclosure import table_list
from contracts.paths import PRODUCT
from contracts.registry_loading import load_registry

RULES = table_list().rules
SUM = Measured(about="enterprises", whole=False)


def month(n: int) -> Key:
    return Key("G4.2c", "programme", "nms", date(2026, n, 1))


def test_a_month_in_which_one_enterprise_came_is_not_told_and_the_next_with_five_more_is():
    values = {
        month(5): Cell(600, 6, 110, 105),
        month(6): Cell(760, 7, 160, 110),  # the seventh brought 160: the difference would say so
        month(7): Cell(1250, 12, 160, 110),
    }
    told = {one.key: one for one in tell(values, {"G4.2c": SUM}, [], RULES)}
    assert told[month(5)].why is None
    assert told[month(6)].why is not None
    assert told[month(7)].why is None


def test_every_protected_indicator_that_counts_or_sums_has_a_rule():
    registry = load_registry(PRODUCT / "demo" / "registry")
    protected = [i for i in registry.indicators if i.protects != "none" and i.measure.how in ("distinct", "sum")]
    assert {item.id for item in protected} >= {"G1.5a2", "G2.3a", "G2.3c", "G2.5d", "G4.2c"}
    assert all(_measured(item).about == item.protects for item in protected)
