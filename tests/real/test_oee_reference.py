"""Published OEE examples come out of our own definitions to the printed digits; each names its source."""

from __future__ import annotations

import json
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from contracts.expressions import evaluate, parse
from contracts.metrics import metrics
from tests.real.reference_data import shared


@pytest.fixture(scope="module")
def examples() -> dict[str, dict[str, Any]]:
    listed = json.loads(
        shared("oee_reference/oee_worked_examples.json").read_text(encoding="utf-8"), parse_float=Decimal
    )
    return {item["id"]: item for item in listed}


def percent(metric: str, **sums: Decimal) -> Decimal:
    """The metric of these sums, by the formula of its definition."""
    found = metrics()[metric]
    assert found.numerator is not None
    assert found.denominator is not None
    ratio = evaluate(parse(found.numerator), sums) / evaluate(parse(found.denominator), sums)
    return Decimal(str(found.scale)) * ratio


def printed(value: Decimal, like: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """The value with as many digits as were printed."""
    return value.quantize(like, rounding=rounding)


def test_smrp_counts_planned_downtime_against_availability_and_the_usual_definition_does_not(examples):
    """SMRP Best Practices, 6th ed., metric OEE, Table 1, machine D."""
    found = examples["smrp-machine-D"]
    pot = Decimal(found["total_available_h"]) - found["idle_h"]
    pbt = pot - found["scheduled_downtime_h"]
    assert pbt - found["unscheduled_downtime_h"] == found["uptime_h"]

    smrp = percent("availability_smrp", APT=found["uptime_h"], POT=pot)
    usual = percent("availability", APT=found["uptime_h"], PBT=pbt)

    assert printed(smrp, Decimal("0.01")) == found["availability_pct"] == Decimal("76.63")
    assert printed(usual, Decimal("0.01")) == Decimal("85.50")


def test_a_page_that_multiplies_rounded_factors_prints_less_than_the_sums_give(examples):
    """waycalculator.com, example 1: 79.1 is the product of factors rounded to a tenth; the sums give 79.17."""
    found = examples["waycalculator-ex1"]
    ideal, total, good = (Decimal(found[name]) for name in ("ideal_cycle_min", "total", "good"))
    run, planned = Decimal(found["run_min"]), Decimal(found["planned_min"])
    factors = [
        percent("availability", APT=run, PBT=planned),
        percent("effectiveness", PRI_PQ=ideal * total, APT=run),
        percent("quality_ratio", GQ=good, PQ=total),
    ]

    told = [printed(value, Decimal("0.1")) for value in factors]
    assert told == [found["availability_pct"], found["performance_pct"], found["quality_pct"]]
    assert printed(percent("oee", PRI_GQ=ideal * good, PBT=planned), Decimal("0.01")) == Decimal("79.17")
    product = told[0] * told[1] * told[2] / 10_000
    assert printed(product, found["oee_pct"]) == found["oee_pct"] == Decimal("79.1")


def test_a_printed_performance_without_its_last_digit_rounded_is_that_of_the_sums(examples):
    """TPM: A Route to World-Class Performance, p. 127-128: 203 of 261 cycles are 77.78 %, printed 77.7."""
    found = examples["tpm-miller201-tue-wk17"]
    uptime, cycle = Decimal(found["uptime_min"]), Decimal(found["standard_cycle_min"])
    availability = percent("availability", APT=uptime, PBT=Decimal(found["planned_availability_min"]))
    performance = percent("effectiveness", PRI_PQ=cycle * found["completed_cycles"], APT=uptime)

    assert printed(availability, found["availability_pct"]) == found["availability_pct"]
    assert printed(performance, found["performance_pct"], ROUND_DOWN) == found["performance_pct"]
    assert uptime / cycle == found["planned_cycles"]
