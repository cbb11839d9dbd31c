"""Compares what the machines said with what is there: acknowledged minus read, in landing and in the warehouse."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bruk.warehouse import ask_files, query
from ingestion.ledger import Ledger
from tests.faults.device import RESENT, SAID, machine_folder
from tests.faults.fleet import ALTERED_SQL, CONTENT_SQL, Kind, Machine
from tests.faults.site import SiteUnderFire

#: A word that the broker acknowledged and lost was under way in it when it was killed: seconds around the kill.
AROUND_A_KILL = 15.0


@dataclass
class Found:
    """What became of the words of one machine. Only `lost`, `duplicated` and `altered` break its promise."""

    machine: str
    kind: str
    said: int
    landed: int = 0
    warehouse: int = 0
    lost: int = 0
    duplicated: int = 0
    altered: int = 0
    #: Words that a killed broker had taken and lost: allowed where nobody keeps them for it.
    lost_by_broker: int = 0
    #: Rows more than words that say themselves that they may be copies, or that the machine sent twice itself.
    told_copies: int = 0

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return not (self.lost or self.duplicated or self.altered)


@dataclass
class Verdict:
    """The result of a run. `problems` are sentences for what is wrong beside the words."""

    found: list[Found] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every promise was kept and nothing else is wrong."""
        return not self.problems and all(one.kept for one in self.found)

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"ok": self.ok, "machines": [asdict(one) for one in self.found], "problems": self.problems}


def check(site: SiteUnderFire) -> Verdict:
    """Reads landing by the ledger's list, and the warehouse; the processes must have ended."""
    landing = Landed(site)
    verdict = Verdict()
    for machine in site.fleet:
        judge = _numbered if machine.kind is Kind.OUTBOX else _plain
        found = judge(machine, site, landing)
        found.warehouse = _in_warehouse(site, machine, found)
        verdict.found.append(found)
    hints = query(site.paths.warehouse, "select count(*) from staging.stg_state")[0][0]
    if hints:
        verdict.problems.append(f"{hints} retained states without a time count as observations")
    verdict.problems += [f"{name} died by itself: {codes}" for name, codes in site.deaths().items()]
    return verdict


class Landed:
    """Questions to the landed measurements that the ledger lists."""

    def __init__(self, site: SiteUnderFire) -> None:
        files = [f for f in Ledger(site.paths.ledger).landed_files() if f.stream == "measurement"]
        self._files = [site.paths.landing / f.path for f in files]
        for path in self._files:
            assert path.exists(), f"the ledger lists {path.name}, which is not there"

    def ask(self, sql: str, machine: Machine) -> list[tuple[Any, ...]]:
        """The rows of `sql`, in which `said` is what landed of the machine, with `content` and `altered`."""
        view = (
            f"with said as (select *, {_sql(CONTENT_SQL, machine)} as content, {_sql(ALTERED_SQL, machine)} as altered "
            f"from measurement where equipment = 'dal-{machine.name}') "
        )
        return ask_files([("measurement", self._files)], view + sql)[1] if self._files else [(0, 0, 0, 0)]


def _sql(text: str, machine: Machine) -> str:
    return text.format(begin_us=int(machine.begin.timestamp() * 1_000_000))


def _numbered(machine: Machine, site: SiteUnderFire, landed: Landed) -> Found:
    """End to end: every number is there, once, with the word that belongs to it."""
    rows, numbers, boots, altered = landed.ask(
        "select count(*), count(distinct (boot, seq)), count(distinct boot), "
        "count(*) filter (altered or content <> seq) from said",
        machine,
    )[0]
    found = Found(machine.name, machine.kind.value, machine.words, rows, altered=altered)
    found.duplicated = rows - numbers
    found.lost = machine.words - numbers if boots <= 1 else machine.words
    return found


def _plain(machine: Machine, site: SiteUnderFire, landed: Landed) -> Found:
    """Without numbers: each word as often as it was said; what a broker lost and what may be a copy is told."""
    own = machine_folder(site.folder, machine.name)
    expected = Counter(machine.content(n) for n in range(machine.words))
    rows = landed.ask(
        "select content, count(*), count(*) filter (contains(flags, 'possible_duplicate')), count(*) filter (altered) "
        "from said group by content",
        machine,
    )
    there = {content: (n, flagged or 0) for content, n, flagged, _ in rows}
    found = Found(machine.name, machine.kind.value, machine.words, sum(n for n, _ in there.values()))
    found.altered = sum(altered for *_, altered in rows)
    resent = Counter(machine.content(n) for n in json.loads((own / RESENT).read_bytes()))
    risky = set(_around(own / SAID, site.outages, machine))
    for content in expected.keys() | there.keys():
        n, flagged = there.get(content, (0, 0))
        missing, more = max(0, expected[content] - n), max(0, n - expected[content])
        excused = min(more, flagged + resent[content])
        found.told_copies += excused
        found.duplicated += more - excused
        if content in risky:
            found.lost_by_broker += missing
        else:
            found.lost += missing
    return found


def _around(said: Path, outages: list[float], machine: Machine) -> Iterator[int]:
    """Words that were sent shortly before or after a broker was killed."""
    for line in _lines(said):
        first, last, began, ended = line
        if any(began - AROUND_A_KILL <= outage <= ended + AROUND_A_KILL for outage in outages):
            yield from (machine.content(n) for n in range(first, last + 1))


def _lines(file: Path) -> Iterable[list[Any]]:
    with file.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _in_warehouse(site: SiteUnderFire, machine: Machine, found: Found) -> int:
    """Rows of the machine in core; differences from landing are added to what is lost, duplicated or altered."""
    altered = _sql(ALTERED_SQL, machine)
    rows, events, wrong = query(
        site.paths.warehouse,
        f"select count(*), count(distinct event_id), count(*) filter ({altered}) from core.fct_measurement "
        f"where equipment_id = 'dal-{machine.name}'",
    )[0]
    found.duplicated += rows - events + max(0, events - found.landed)
    found.lost += max(0, found.landed - events)
    found.altered += wrong
    return int(rows)
