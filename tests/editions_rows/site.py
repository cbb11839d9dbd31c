"""The invented site of the synthetic edition: pilots, testbeds, machines, months and decided targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

Row = dict[str, Any]
#: Id, name in Swedish and English, subproject, regions.
PilotRow = tuple[str, str, str, str, list[str]]
#: Id, name in Swedish and English, region, municipality, kind.
TestbedRow = tuple[str, str, str, str, str, str]
#: Id, name in Swedish and English, testbed, kind, pilot.
MachineRow = tuple[str, str, str, str, str, str]
#: Indicator, scope, baseline, milestone at the turn of the year, target, value at the end, status.
TargetRow = tuple[str, str, str, float, float, float, float | None, str]
AS_OF = datetime(2026, 11, 23, 21, 40, tzinfo=UTC)
MONTHS = [date(2026, month, 1) for month in range(5, 12)]
FAR = date(2028, 6, 30)
PILOTS = [
    (
        "am-spare-parts",
        "Reservdelar på begäran",
        "Spare parts on demand",
        "additive-manufacturing",
        ["gavleborg", "dalarna"],
    ),
    ("packing-flow", "Flöde i förpackningslinjen", "Flow in the packing line", "innovation", ["varmland", "gavleborg"]),
    ("short-series", "Korta serier för små företag", "Short series for small companies", "challenge-lab", ["varmland"]),
    (
        "stable-line",
        "Stabil press- och monteringslinje",
        "Stable press and assembly line",
        "process-maturity",
        ["dalarna"],
    ),
]
TESTBEDS = [
    ("testbed-dal", "Processtestbädden Dalarna", "Process testbed Dalarna", "dalarna", "Borlänge", "process_line"),
    (
        "testbed-gav",
        "Additiva testbädden Gävleborg",
        "Additive testbed Gävleborg",
        "gavleborg",
        "Sandviken",
        "additive_manufacturing",
    ),
    (
        "testbed-var",
        "Förpackningstestbädden Värmland",
        "Packaging testbed Värmland",
        "varmland",
        "Karlstad",
        "process_line",
    ),
]
MACHINES = [
    ("dal-press-1", "Press 1", "Press 1", "testbed-dal", "press", "stable-line"),
    ("gav-printer-1", "Skrivare 1", "Printer 1", "testbed-gav", "printer", "am-spare-parts"),
    ("gav-printer-2", "Skrivare 2", "Printer 2", "testbed-gav", "printer", "am-spare-parts"),
    (
        "var-machining-1",
        "Fleroperationsmaskin 1",
        "Machining centre 1",
        "testbed-var",
        "machining_centre",
        "short-series",
    ),
    ("var-packing-1", "Packlinje 1", "Packing line 1", "testbed-var", "packing_line", "packing-flow"),
]
TARGETS: list[TargetRow] = [
    ("G1.1a", "programme", "nms", 0, 40, 120, 43, "ahead"),
    ("G1.4d", "programme", "nms", 0, 30, 90, 22, "on_track"),
    ("G1.4g", "programme", "nms", 0, 5, 12, 4, "at_risk"),
    ("G3.4b", "programme", "nms", 35, 45, 60, 44, "on_track"),
    ("G3.4e", "programme", "nms", 40, 50, 65, 41, "behind"),
    ("G4.3b", "programme", "nms", 10, 18, 30, None, "not_assessable"),
    ("G3.4e", "pilot", "stable-line", 45, 55, 70, 57.3, "ahead"),
    ("G3.4b", "pilot", "stable-line", 40, 50, 65, 46.1, "at_risk"),
    ("G3.4b", "pilot", "am-spare-parts", 30, 45, 60, 38.8, "on_track"),
    ("G1.4d", "pilot", "am-spare-parts", 0, 12, 35, 3, "behind"),
    ("G3.4e", "pilot", "packing-flow", 45, 55, 70, None, "not_assessable"),
]


def month_end(start: date) -> date:
    """The last day of the month that begins at `start`."""
    return (start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Invented:
    """What an edition is made up from. `whole`: every indicator is measured in its scopes, most with targets."""

    pilots: list[PilotRow]
    testbeds: list[TestbedRow]
    machines: list[MachineRow]
    targets: list[TargetRow]
    months: list[date]
    whole: bool = False


SMALL = Invented(PILOTS, TESTBEDS, MACHINES, TARGETS, MONTHS)


def large(pilots: int, testbeds: int, machines: int, months: int = 12) -> Invented:
    """A programme of that size, with every kind of indicator in every scope; the small one is a part of it."""
    subprojects = ("additive-manufacturing", "process-maturity", "skills-supply", "innovation", "challenge-lab")
    regions, places = ("dalarna", "gavleborg", "varmland"), ("Falun", "Gävle", "Arvika")
    more_pilots: list[PilotRow] = [
        (
            f"pilot-{n:02}", f"Påhittad pilot nummer {n}", f"Invented pilot number {n}", subprojects[n % 5],
            [regions[n % 3], regions[(n + 1) % 3]][: 1 + n % 2],
        )
        for n in range(len(PILOTS), pilots)
    ]  # fmt: skip
    more_testbeds: list[TestbedRow] = [
        (f"testbed-{n:02}", f"Testbädd {n}", f"Testbed {n}", regions[n % 3], places[n % 3], "process_line")
        for n in range(len(TESTBEDS), testbeds)
    ]
    all_pilots, all_testbeds = [*PILOTS, *more_pilots], [*TESTBEDS, *more_testbeds]
    more_machines: list[MachineRow] = [
        (
            f"machine-{n:03}", f"Maskin {n}", f"Machine {n}", all_testbeds[n % len(all_testbeds)][0], "press",
            all_pilots[n % len(all_pilots)][0],
        )
        for n in range(len(MACHINES), machines)
    ]  # fmt: skip
    first = 2026 * 12 + 11 - months
    starts = [date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(months)]
    return Invented(all_pilots, all_testbeds, [*MACHINES, *more_machines], TARGETS, starts, True)
