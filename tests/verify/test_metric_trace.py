"""A metric opens like an indicator: definition, elements with what is missing, the days behind them, how to go on."""

from datetime import date
from decimal import Decimal

import pytest

from bruk.metric_trace import trace_metric
from contracts.errors import UsageError
from tests.editions_fixture import build_edition
from tests.sites import make_site

MONTH = {"scope_type": "testbed", "scope_id": "testbed-dal", "period_start": date(2026, 10, 1)}


def of(element, value, n=1, missing=0):
    return MONTH | {"element": element, "value": value, "n": n, "missing": missing, "machines": 1}


def day(equipment, day, element, value):
    return {"equipment_id": equipment, "day": day, "element": element, "value": value, "n": 1, "missing": 0}


@pytest.fixture
def site(tmp_path):
    """An edition whose testbed has two days of good planned time."""
    site = make_site(tmp_path)
    sums = [of("PRI_GQ", 900.0), of("PBT", 1800.0), of("APT", 5.0)]
    days = [
        day("dal-press-1", date(2026, 10, 2), "PRI_GQ", 400.0), day("dal-press-1", date(2026, 10, 5), "PRI_GQ", 500.0),
        day("dal-press-1", date(2026, 11, 2), "PRI_GQ", 7.0), day("var-pack-1", date(2026, 10, 2), "PRI_GQ", 9.0),
    ]  # fmt: skip
    folder = build_edition(site.paths.editions / "e", override={"met_element_period": sums, "met_element_day": days})
    (site.paths.editions / "current").symlink_to(folder.name)
    return site


def test_a_number_opens_to_its_elements_and_the_days_that_they_are_the_sum_of(site):
    found = trace_metric(site, "oee", "testbed", "testbed-dal", "2026-10")
    assert found.value["value"] == 63.4
    assert found.definition["formula_en"].endswith("Σ planned busy time (PBT)")
    good, planned = found.elements
    assert (good.element, good.value, good.told) == ("PRI_GQ", 900.0, True)
    assert [part["day"] for part in good.parts] == [date(2026, 10, 5), date(2026, 10, 2)]
    assert sum(part["value"] for part in good.parts) == Decimal(str(good.value))
    assert (planned.element, planned.parts) == ("PBT", [])
    assert all(run["ended_at"].month == 10 for run in found.runs)
    assert any("met_element_day" in question for question in found.go_on)
    assert found.to_dict()["period_start"] == "2026-10-01"


def test_an_element_that_nobody_told_is_named(site):
    found = trace_metric(site, "comprehensive_energy", "testbed", "testbed-dal", None)
    assert found.value["reason"] == "missing:ENERGY"
    assert [(element.element, element.told) for element in found.elements] == [("ENERGY", False), ("PQ", False)]


def test_a_scope_or_month_without_a_number_is_refused_with_those_that_have_one(site):
    with pytest.raises(UsageError, match="testbed:testbed-dal"):
        trace_metric(site, "oee", "testbed", "nowhere", None)
    with pytest.raises(UsageError, match="it has 2026-05 to 2026-11"):
        trace_metric(site, "oee", "testbed", "testbed-dal", "2020-01")
