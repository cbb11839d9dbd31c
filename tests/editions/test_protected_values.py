"""The values of an edition that would tell of single persons or enterprises, month by month."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bruk.disclosure.cells import Cell
from bruk.disclosure.series import Key, Measured, tell
from bruk.protected_values import _counts_enterprises, _measured, _of_enterprises, _say_one_reason, _unlist
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


def test_how_many_enterprises_of_a_county_take_part_is_a_breakdown_and_of_the_programme_or_a_pilot_public():
    registry = load_registry(PRODUCT / "demo" / "registry")
    counts = {item.id: item for item in registry.indicators if _counts_enterprises(item)}
    assert {"G1.1a", "G1.1d", "G1.2d", "G1.4d", "G1.5a", "G3.2d", "G4.5a"} <= counts.keys()
    assert not {"G1.2b", "G3.5a", "G4.2c", "G5.5d"} & counts.keys()  # cases, procurements, protected, programme only
    how = {name: _of_enterprises(item) for name, item in counts.items()}
    county = Key("G1.4d", "company_region", "varmland", date(2026, 5, 1))
    values = {
        Key("G1.4d", "programme", "nms", date(2026, 5, 1)): Cell(21, 21),
        Key("G1.4d", "pilot", "line", date(2026, 5, 1)): Cell(1, 1),
        county: Cell(1, 1),
        county._replace(scope_id="dalarna"): Cell(20, 20),
    }
    told = {(one.key.scope_type, one.key.scope_id): one.why for one in tell(values, how, [], RULES)}
    assert told["programme", "nms"] is None
    assert told["pilot", "line"] is None
    assert told["company_region", "varmland"] is not None


def test_the_inputs_of_a_hidden_value_that_protects_somebody_cannot_be_counted(tmp_path: Path):
    """Numbers or not: as many rows as persons tell how many persons. A value of machines keeps its list; one of a count
    that is protected by county alone (G1.4d) loses it where it is withheld."""
    told, few, machines, county = ("G4.2c", 5), ("G4.2c", 6), ("G3.4e", 6), ("G1.4d", 6)
    values = [
        row(*told, n=12, reason=None), row(*few, n=None, reason="no_data"), row(*machines, n=None, reason="too_few"),
        row(*county, n=None, reason="withheld"),
    ]  # fmt: skip
    listed = enumerate([county, machines, told, few, told])
    inputs = [row(*key, input_id=f"{place}", reason=None) for place, key in listed]
    pq.write_table(pa.Table.from_pylist(values), tmp_path / "fct_indicator_value.parquet")
    pq.write_table(pa.Table.from_pylist(inputs), tmp_path / "fct_indicator_input.parquet")
    _unlist(tmp_path, {"G4.2c"})
    kept = pq.read_table(tmp_path / "fct_indicator_input.parquet")
    assert kept.to_pylist() == [inputs[1], inputs[2], inputs[4]]
    assert kept.schema == pa.Table.from_pylist(inputs).schema


def test_whether_a_hidden_value_is_the_small_one_or_protects_it_is_not_told(tmp_path: Path):
    reasons = {("G4.2c", 5): "too_few", ("G4.2c", 6): "withheld", ("G4.2c", 7): None, ("G3.4e", 6): "too_few"}
    values = [row(*key, n=None, reason=reason) for key, reason in reasons.items()]
    pq.write_table(pa.Table.from_pylist(values), tmp_path / "fct_indicator_value.parquet")
    _say_one_reason(tmp_path, {"G4.2c"})
    said = pq.read_table(tmp_path / "fct_indicator_value.parquet")["reason"].to_pylist()
    assert said == ["withheld", "withheld", None, "too_few"]


def row(indicator: str, of_month: int, **more: object) -> dict[str, object]:
    scope = {"scope_type": "programme", "scope_id": "nms", "period_start": date(2026, of_month, 1)}
    return {"indicator_id": indicator, **scope, **more}
