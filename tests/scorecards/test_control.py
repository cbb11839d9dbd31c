"""Control charts on the page of a testbed: gaps, shapes and words, and what is said of limits and capability."""

from __future__ import annotations

import re
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.reader import read_edition
from scorecards.svg.control import SHAPES
from scorecards.views.control import ControlChart, control_charts
from scorecards.voice import Voice

PAGE = Page("en", "testbed", "testbed-var")
VOICE = Voice("en", ZoneInfo("Europe/Stockholm"))


@pytest.fixture(scope="module")
def read(edition: Path) -> Edition:
    """The synthetic edition, read."""
    return read_edition(edition, edition / "gate.json")


def charts(read: Edition, testbed: str) -> dict[str, ControlChart]:
    """The charts of a testbed by their anchors."""
    machines = read.machines_of(testbed)
    return {chart.anchor: chart for item in machines for chart in control_charts(read, VOICE, PAGE, item)}


def test_a_chart_is_on_the_page_of_its_machines_testbed_and_on_no_other(read: Edition) -> None:
    assert set(charts(read, "testbed-var")) == {"control-seal-temp", "control-hole-diameter"}
    assert set(charts(read, "testbed-dal")) == {"control-surface-defects"}
    assert charts(read, "testbed-gav") == {}


def test_a_gap_of_days_breaks_the_line(read: Edition) -> None:
    found = charts(read, "testbed-var")
    lines = [
        re.findall(r'<path d="(M[^"]+)" fill="none" stroke="#0f5a70"', str(found[a].panels[0].wide())) for a in found
    ]
    assert sorted(line.count("M") for (line,) in lines) == [1, 2]


def test_a_signal_has_a_shape_of_its_own_and_its_word_in_legend_tooltip_and_table(read: Edition) -> None:
    chart = charts(read, "testbed-var")["control-seal-temp"]
    drawing = str(chart.panels[0].wide())
    assert len(set(SHAPES.values())) == 5
    assert [entry.word for entry in chart.legend] == [
        "Two of three beyond 2 standard deviations", "Four of five beyond 1 standard deviation",
        "8 in a row on one side of the centre", "Left out of the reference, cause known",
    ]  # fmt: skip
    for entry in chart.legend:
        assert entry.word in drawing, "the tooltip of a point says it"
    assert chart.rows[0].signal == "8 in a row on one side of the centre"
    assert chart.state == "Groups with a signal: 15 of 52"


def test_a_chart_says_whether_its_limits_are_frozen_and_why_there_is_no_capability(read: Edition) -> None:
    found = charts(read, "testbed-var")
    frozen, trial = found["control-seal-temp"], found["control-hole-diameter"]
    assert "Frozen: only data that had arrived by" in frozen.limits
    assert "Trial limits" in trial.limits
    told = {fact.word: fact.value for fact in frozen.facts}
    assert (told["Cp"], told["Cpk"], told["Standard deviation (MR/d2)"]) == ("3.33", "3.21", "2.00\u00a0°C")
    assert frozen.panels[0].name == frozen.statistics[0] == "Single value (°C)"
    assert {fact.word: fact.value for fact in trial.facts}["Capability"] == (
        "Not assessable: it has no specification limits"
    )
