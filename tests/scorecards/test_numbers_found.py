"""Each number that a page prints is found in the edition: a walk over the HTML, with the Parquet files beside it."""

from __future__ import annotations

import re
from bisect import bisect_left
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from scorecards.links import Page

_VOID = {"meta", "link", "br", "img", "input", "hr"}
_NUMBER = {"sv": re.compile(r"[−-]?\d[\d\u00a0]*(?:,\d+)?"), "en": re.compile(r"[−-]?\d[\d,]*(?:\.\d+)?")}
#: What stands in a cell beside its number: dates, reasons, words.
_BESIDE = {"small", "unit", "label", "unknown", "visually-hidden", "st", "bar", "spark"}


class NumberReader(HTMLParser):
    """The texts of cells and facts that hold numbers."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = set((dict(attrs).get("class") or "").split())
        number = tag == "dd" or classes & {"num", "number", "count"}
        kind = "beside" if classes & _BESIDE else "number" if number else ""
        if tag not in _VOID:
            self._open.append((tag, "head" if tag == "th" else kind))

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        kinds = [kind for _, kind in self._open]
        if "number" in kinds and not {"beside", "head"} & set(kinds) and data.strip():
            self.found.append(data.strip())


def printed(file: Path, lang: str) -> list[tuple[str, float, int]]:
    """Each number in the cells of a page: as it stands, its value, its decimals."""
    reader = NumberReader()
    html = file.read_text(encoding="utf-8").partition("<main ")[2].partition("</main>")[0]
    reader.feed("<main " + html.partition('<section id="definition"')[0])
    numbers = []
    for text in reader.found:
        for said in _NUMBER[lang].findall(text):
            plain = said.replace("\u00a0", "").replace("−", "-")
            plain = plain.replace(",", ".") if lang == "sv" else plain.replace(",", "")
            numbers.append((text, float(plain), len(plain.partition(".")[2])))
    return numbers


def values_of(edition: Path, table: str, **where: str) -> list[float]:
    """All numbers of a table, or of its rows where columns have these values; shares and times in all their units."""
    rows = pq.read_table(edition / f"{table}.parquet", filters=[(k, "=", v) for k, v in where.items()] or None)
    found = []
    for name in rows.column_names:
        for value in rows.column(name).to_pylist():
            if isinstance(value, int | float) or type(value).__name__ == "Decimal":
                number = float(value)
                found += [number, number * 100] if abs(number) <= 1.5 else [number]
                if name.endswith("_s"):
                    found += [number // 60, number // 3600, number // 86400]
    return found


def missing(file: Path, lang: str, known: list[float]) -> list[str]:
    """The printed numbers that no value rounds to."""
    known = sorted(known)
    lost = []
    for text, value, places in printed(file, lang):
        half = 0.5 * 10**-places + 1e-9
        place = bisect_left(known, value - half)
        if place == len(known) or known[place] > value + half:
            lost.append(text)
    return lost


def counts_of_inputs(edition: Path, **where: str) -> list[float]:
    """How many inputs of each kind, use and reason a value has."""
    table = pq.read_table(edition / "fct_indicator_input.parquet", filters=[(k, "=", v) for k, v in where.items()])
    keys = ["indicator_id", "scope_type", "scope_id", "period_start", "input_kind", "included", "reason"]
    return [
        float(n) for n in table.group_by(keys).aggregate([("input_id", "count")]).column("input_id_count").to_pylist()
    ]


_INDICATOR = ("fct_indicator_value", "fct_indicator_progress")


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(
    "scope", ["pilot:stable-line", "testbed:testbed-var", "region:dalarna", "company_region:dalarna"]
)
def test_the_months_of_a_scope_show_only_numbers_of_that_scope(sites, rich_edition, lang, scope):
    kind, name = scope.split(":")
    known = [v for table in _INDICATOR for v in values_of(rich_edition, table, scope_type=kind, scope_id=name)]
    known += counts_of_inputs(rich_edition, scope_type=kind, scope_id=name)
    file = sites["confidential"] / Page(lang, "months", f"{kind}-{name}").path
    assert len(printed(file, lang)) > 100
    assert missing(file, lang, known) == []


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize("indicator", ["G1.1a", "G3.4e", "G4.3b", "G1.3a"])
def test_the_page_of_an_indicator_shows_only_numbers_of_that_indicator(sites, rich_edition, lang, indicator):
    known = [v for table in _INDICATOR for v in values_of(rich_edition, table, indicator_id=indicator)]
    known += values_of(rich_edition, "dim_indicator", indicator_id=indicator)
    known += counts_of_inputs(rich_edition, indicator_id=indicator)
    known += [float(part) for part in re.findall(r"\d+", indicator)]
    file = sites["confidential"] / Page(lang, "indicator", indicator).path
    assert len(printed(file, lang)) > 20
    assert missing(file, lang, known) == []


@pytest.mark.parametrize("lang", ["sv", "en"])
@pytest.mark.parametrize(
    ("kind", "about"),
    [("goal", "1"), ("step", "1.4"), ("subproject", "innovation"), ("region", "dalarna"), ("pilot", "stable-line")],
)
def test_goals_steps_and_parts_show_only_numbers_of_indicators(sites, rich_edition, lang, kind, about):
    known = [v for table in _INDICATOR for v in values_of(rich_edition, table)]
    known += (
        values_of(rich_edition, "tab_cell")
        + values_of(rich_edition, "met_pilot_outcome")
        + values_of(rich_edition, "fct_allocation")
    )
    outcomes = pq.read_table(rich_edition / "met_pilot_outcome.parquet").to_pylist()
    whole = sum(row["runs"] for row in outcomes if row["pilot_id"] == about)
    known += [float(whole)] + [100 * row["runs"] / whole for row in outcomes if row["pilot_id"] == about]
    known += [float(n) for n in range(21)]  # how many indicators have a status is counted by the page
    known += [float(n) for n in (2026, 2028, 30, 31)] if kind == "pilot" else []  # the days of the pilot
    assert missing(sites["confidential"] / Page(lang, kind, about).path, lang, known) == []


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_the_page_of_a_machine_shows_only_numbers_of_that_machine(sites, rich_edition, lang):
    machine = "var-packing-1"
    known = values_of(rich_edition, "met_kpi_period", scope_type="equipment", scope_id=machine)
    sums = values_of(rich_edition, "met_element_period", scope_type="equipment", scope_id=machine)
    known += sums + [value / 3600 for value in sums]
    days = pq.read_table(
        rich_edition / "met_coverage_day.parquet", filters=[("equipment_id", "=", machine)]
    ).to_pylist()
    known.append(100 * float(sum(d["known_s"] for d in days[-120:])) / float(sum(d["planned_s"] for d in days[-120:])))
    for table in ("met_control_point", "met_control_limit", "met_capability"):
        known += values_of(rich_edition, table, characteristic_id="seal-temp")
    for run in pq.read_table(rich_edition / "fct_run.parquet", filters=[("equipment_id", "=", machine)]).to_pylist():
        seconds = round(float(run["reported_duration_s"] or 0))
        known += [float(run[name] or 0) for name in ("good", "produced")]
        known += [seconds // 3600, seconds % 3600 // 60, seconds % 60]
    known += [1.0, 100.0]  # the parts of its place that are numbers, and its share
    assert missing(sites["confidential"] / Page(lang, "machine", machine).path, lang, known) == []
