"""Control charts and capability as the R package qcc prints them, made by the warehouse from the package's own data.

The numbers are those of `spc_reference/qcc_printed_results.txt` (luca-scr/qcc at af350999). Its EWMA and CUSUM charts
and its operating characteristic curves are not among the charts of the warehouse.
"""

# ruff: noqa: E501 - one published chart on one line reads as the table that it is from

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.real import reference_data
from tests.sites import text
from tests.warehouse.charts import Charts, Inspected, characteristic

pytestmark = pytest.mark.slow

DATA = reference_data.DATA / "spc_reference"
START = datetime(2026, 2, 1, 6, tzinfo=UTC)
KNOWN_AT = "2026-11-24T12:00:00Z"
#: The printed names of the columns of a chart's limits.
Printed = dict[str, str]


def _day(sample: int) -> datetime:
    """Sample 1 is taken on 1 February 2026, one each day."""
    return START + timedelta(days=sample - 1)


def _reference(samples: int) -> dict[str, Any]:
    return {"first": str(_day(1).date()), "last": str(_day(samples).date()), "known_at": KNOWN_AT}


def _without(*samples: int) -> list[dict[str, Any]]:
    """What the published analysis leaves out of phase I, with a reason as the registry demands it."""
    moments = [_day(sample).isoformat() for sample in samples]
    return [{"since": moment, "until": moment, "reason": text("assignable cause")} for moment in moments]


def _rings(version: str, chart: str = "xbar_r", lsl: float = 73.95, usl: float = 74.05, **more: Any) -> dict[str, Any]:
    limits = {"lsl": lsl, "usl": usl, "constants": "qcc", **more}
    return characteristic("diameter", chart, version=version, size=5, **_reference(25), **limits)


CHARACTERISTICS = [
    _rings("1"),
    _rings("2", chart="xbar_s"),
    _rings("3", target=74.02),
    _rings("4", lsl=73.99, usl=74.01),
    _rings("5", lsl=73.99, usl=74.1),
    characteristic("cans", "p", version="1", **_reference(30)),
    characteristic("cans", "np", version="2", **_reference(30)),
    characteristic("cans", "p", version="3", excluded=_without(15, 23), **_reference(30)),
    characteristic("boards", "c", version="1", **_reference(26)),
    characteristic("boards", "c", version="2", excluded=_without(6, 20), **_reference(26)),
    characteristic("boards", "u", version="3", excluded=_without(6, 20), **_reference(26)),
]


@pytest.fixture(scope="module")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Charts:
    """The package's three data sets, dropped as one file of inspections."""
    if not DATA.exists():
        pytest.skip("the reference data lies outside of the project: ../shared/data/spc_reference")
    made = Charts(tmp_path_factory.mktemp("charts"), CHARACTERISTICS)
    made.inspect([*_pistonrings(), *_orangejuice(), *_circuit()])
    made.chart()
    return made


def _table(name: str) -> list[list[str]]:
    lines = (DATA / f"{name}.txt").read_text(encoding="utf-8").splitlines()[1:]
    return [fields for line in lines if (fields := line.split())]


def _pistonrings() -> Iterator[Inspected]:
    for place, (diameter, sample, *_) in enumerate(_table("pistonrings")):
        at = _day(int(sample)) + timedelta(minutes=place % 5)
        yield Inspected(at, "diameter", int(sample), value=diameter)


def _orangejuice() -> Iterator[Inspected]:
    for sample, scrap, size, *_ in _table("orangejuice"):
        yield Inspected(_day(int(sample)), "cans", int(sample), inspected=int(size), scrap=int(scrap))


def _circuit() -> Iterator[Inspected]:
    for sample, defects, size, *_ in _table("circuit"):
        yield Inspected(_day(int(sample)), "boards", int(sample), inspected=int(size), defects=int(defects))


@pytest.mark.parametrize(
    ("name", "version", "statistic", "groups", "printed"),
    [
        ("diameter", "1", "xbar", 25, {"center": "74.00118", "sigma": "0.009785039", "lcl": "73.98805", "ucl": "74.0143"}),
        ("diameter", "1", "r", 25, {"center": "0.02276", "sigma": "0.009785039", "lcl": "0", "ucl": "0.04812533"}),
        ("diameter", "2", "s", 25, {"center": "0.009240037", "sigma": "0.009829977", "lcl": "0", "ucl": "0.01930242"}),
        ("cans", "1", "p", 30, {"center": "0.2313333", "deviation": "0.05963526", "lcl": "0.05242755", "ucl": "0.4102391"}),
        ("cans", "2", "np", 30, {"center": "11.56667", "deviation": "2.981763", "lcl": "2.621377", "ucl": "20.51196"}),
        ("cans", "3", "p", 28, {"center": "0.215", "deviation": "0.05809905", "lcl": "0.04070284", "ucl": "0.3892972"}),
        ("boards", "1", "c", 26, {"center": "19.84615", "sigma": "4.454902", "lcl": "6.481447", "ucl": "33.21086"}),
        ("boards", "2", "c", 24, {"center": "19.66667", "sigma": "4.434712", "lcl": "6.362532", "ucl": "32.9708"}),
        ("boards", "3", "u", 24, {"center": "0.1966667", "sigma": "0.4434712", "lcl": "0.06362532", "ucl": "0.329708"}),
    ],
)  # fmt: skip
def test_a_published_chart_is_reproduced_to_the_printed_digits(
    charts: Charts, name: str, version: str, statistic: str, groups: int, printed: Printed
) -> None:
    found = charts.limits(name, version, statistic)
    assert (found["groups"], found["frozen"]) == (groups, True)
    assert {column: _as_printed(found[column], told) for column, told in printed.items()} == printed


@pytest.mark.parametrize(
    ("version", "printed"),
    [
        ("1", {"cp": "1.70", "cp_lower": "1.74", "cp_upper": "1.66", "cpk": "1.66", "cpm": "1.69", "target": "74"}),
        ("3", {"cp": "1.703", "cp_lower": "1.743", "cp_upper": "1.663", "cpk": "1.663", "cpm": "0.786", "target": "74.02"}),
        ("4", {"cp": "0.341", "cp_lower": "0.381", "cp_upper": "0.301", "cpk": "0.301", "cpm": "0.338", "target": "74"}),
        ("5", {"cp": "1.874", "cp_lower": "0.381", "cp_upper": "3.367", "cpk": "0.381", "cpm": "0.408", "target": "74.045"}),
    ],
)  # fmt: skip
def test_published_capability_is_reproduced_to_the_printed_digits(
    charts: Charts, version: str, printed: Printed
) -> None:
    found = charts.capability("diameter", version)
    assert (found["n"], found["assessable"], found["reason"]) == (125, True, None)
    assert {column: _as_printed(found[column], told) for column, told in printed.items()} == printed
    assert _as_printed(found["mean"], "74.00118") == "74.00118"
    assert _as_printed(found["sigma_within"], "0.009785039") == "0.009785039"


def test_the_share_outside_of_the_specification_is_the_published_one(charts: Charts) -> None:
    """Obs<LSL 12 % and Obs>USL 16 % of 125 in the third, 0 % and 0 % in the first, 12 % and 0 % in the fourth."""
    shares = {v: charts.capability("diameter", v) for v in ("1", "4", "5")}
    assert {v: (round(100 * row["below_lsl"] / 125), round(100 * row["above_usl"] / 125)) for v, row in shares.items()} == {
        "1": (0, 0), "4": (12, 16), "5": (12, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "version", "statistic", "last", "beyond"),
    [
        pytest.param("cans", "1", "p", 30, [15, 23], id="the two that the published analysis leaves out"),
        pytest.param("boards", "1", "c", 26, [6, 20], id="the two without which the published analysis goes on"),
        pytest.param("diameter", "1", "xbar", 25, [], id="none in phase I of the piston rings"),
    ],
)
def test_the_groups_beyond_the_limits_in_phase_i_are_those_that_the_published_analysis_leaves_out(
    charts: Charts, name: str, version: str, statistic: str, last: int, beyond: list[int]
) -> None:
    found = charts.rows(
        "select group_key::bigint as sample from metrics.met_control_point "
        f"where (characteristic_id, version, statistic) = ('{name}', '{version}', '{statistic}') "
        f"and rule_1 and point <= {last} order by 1"
    )
    assert [row["sample"] for row in found] == beyond


def test_every_group_of_phase_ii_is_charted_too(charts: Charts) -> None:
    found = charts.rows(
        "select characteristic_id as id, statistic, count(*) as n from metrics.met_control_point "
        "where version in ('1', '3') group by all order by all"
    )
    assert {(row["id"], row["statistic"]): row["n"] for row in found} == {
        ("boards", "c"): 46, ("boards", "u"): 46, ("cans", "p"): 108, ("diameter", "r"): 80, ("diameter", "xbar"): 80,
    }  # fmt: skip


def _as_printed(value: float, told: str) -> str:
    """As R prints: to the decimals of the printed text, of which R leaves out trailing zeros in its tables."""
    decimals = len(told.partition(".")[2])
    return f"{value:.{decimals}f}"
