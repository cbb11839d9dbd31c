"""Which runs a machine had: when each began and ended, how, and what it produced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from tests.warehouse.reference.said import PRODUCTS, ZONE, Machine, Said


@dataclass(frozen=True)
class Output:
    """What one message says was made, and what of it was good, scrap and to be reworked."""

    made: Fraction
    good: Fraction | None
    scrap: Fraction | None
    rework: Fraction | None
    product: str | None


@dataclass
class Run:
    """A run: `closed_at` is empty while it is open, `until` is then the machine's last sign of life."""

    run_id: str
    key: str
    started_at: datetime
    outcome: str
    closed_at: datetime | None
    until: datetime
    product: str | None
    outputs: list[Output] = field(default_factory=list)

    def quantities(self) -> dict[str, Fraction | None]:
        """PQ, GQ, the planned times of both, SQ and RQ; None where it is not known, of the last two also in part."""
        if not self.outputs:
            return dict.fromkeys(("pq", "gq", "pri_pq", "pri_gq", "sq", "rq"))
        produced = sum((one.made for one in self.outputs), Fraction())
        priced = [(one, self._pri(one.product)) for one in self.outputs if one.product in PRODUCTS]
        planned = _sum([one.made * pri for one, pri in priced])
        good, scrap, rework = (_sum(self._told(name)) for name in ("good", "scrap", "rework"))
        # Of all that was made, no more can be good and scrap together, and no more can have needed rework.
        if (good or 0) + (scrap or 0) > produced or (rework or 0) > produced:
            return {"pq": produced, "gq": None, "pri_pq": planned, "pri_gq": None, "sq": None, "rq": None}
        planned_good = _sum([one.good * pri for one, pri in priced if one.good is not None])
        sq = scrap if len(self._told("scrap")) == len(self.outputs) else None
        rq = rework if len(self._told("rework")) == len(self.outputs) else None
        return {"pq": produced, "gq": good, "pri_pq": planned, "pri_gq": planned_good, "sq": sq, "rq": rq}

    def _pri(self, product: str | None) -> int:
        """Of what was made on any day, the planned time of the local day on which the run closed, or else began."""
        day = (self.closed_at or self.started_at).astimezone(ZONE).date()
        versions = PRODUCTS[product or ""]
        return versions[max(since for since in versions if since <= day)]

    def _told(self, name: str) -> list[Fraction]:
        return [quantity for one in self.outputs if (quantity := getattr(one, name)) is not None]


def runs_of(machine: Machine) -> list[Run]:
    """Its runs, in the order in which they began."""
    groups = _grouped(machine)
    begun = sorted((events for events in groups.items() if _start(events[1])), key=lambda one: (_begin(one[1]), one[0]))
    last_sign = max((one.at for one in machine.said), default=None)
    found = []
    for place, (key, events) in enumerate(begun):
        later = _begin(begun[place + 1][1]) if place + 1 < len(begun) else None
        outcome, closed = _ending(machine, events, later)
        start, first = _begin(events), _start(events)[0]
        assert last_sign is not None
        name = _first(events, "run") or machine.event_id(first)
        found.append(
            Run(f"{machine.name}:{name}", key, start, outcome, closed, closed or max(last_sign, start),
                _first(events, "product"))
        )  # fmt: skip
    _give_outputs(machine, found)
    return found


def _grouped(machine: Machine) -> dict[str, list[Said]]:
    """A named run is all that bears its name; without a name, a start and what follows until the next such start."""
    groups: dict[str, list[Said]] = {}
    number = 0
    for event in sorted(machine.of("run_v1/start") + machine.of("run_v1/end") + machine.of("run_v1/abort"),
                        key=lambda one: one.order):  # fmt: skip
        name = event.fields.get("run")
        if name is None:
            number += event.kind == "run_v1/start"
            if number:
                groups.setdefault(f"start {number:09d}", []).append(event)
        else:
            groups.setdefault(f"ref {name}", []).append(event)
    return groups


def _start(events: list[Said]) -> list[Said]:
    return [one for one in events if one.kind == "run_v1/start"]


def _begin(events: list[Said]) -> datetime:
    return _start(events)[0].at


def _first(events: list[Said], name: str) -> Any:
    return next((one.fields[name] for one in events if one.fields.get(name) is not None), None)


def _ending(machine: Machine, events: list[Said], later: datetime | None) -> tuple[str, datetime | None]:
    """By its own word; else where the connection was lost for good; else where the next run began; else it is open."""
    ends = [one for one in events if one.kind != "run_v1/start"]
    begin = _begin(events)
    if ends:
        words = [(one.kind, one.fields.get("outcome")) for one in events]
        outcome = "finished"
        if any(word == "failed" for _, word in words):
            outcome = "failed"
        if any(word == "cancelled" or (kind == "run_v1/abort" and word is None) for kind, word in words):
            outcome = "cancelled"
        return outcome, max(ends[0].at, begin)
    lost = _lost(machine, begin, later)
    closed = lost or later
    return ("interrupted", max(closed, begin)) if closed else ("open", None)


def _lost(machine: Machine, begin: datetime, later: datetime | None) -> datetime | None:
    """Where the unknown or switched-off time began in which the run's own time ends; None when it does not."""
    since = None
    for one in _lasting(machine.of("state_v1/state")):
        if one.at < begin or (later is not None and one.at >= later):
            continue
        if one.fields["v"] not in ("unknown", "off"):
            since = None
        elif since is None:
            since = one.at
    return since


def _lasting(states: list[Said]) -> list[Said]:
    """Of states of one instant the last."""
    return [one for one, after in zip_longest(states, states[1:]) if after is None or after.at > one.at]


def _give_outputs(machine: Machine, runs: list[Run]) -> None:
    """To the run that an output names; without a name, to the one that began last of those open at its time."""
    for one in machine.of("output_v1/main"):
        if (name := one.fields.get("run")) is not None:
            open_runs = [run for run in runs if run.key == f"ref {name}"]
        else:
            open_runs = [r for r in runs if r.started_at <= one.at and (r.closed_at is None or one.at <= r.closed_at)]
        if open_runs:
            run = max(open_runs, key=lambda run: (run.started_at, run.run_id))
            run.outputs.append(_output(one, run.product))


def _output(one: Said, product: str | None) -> Output:
    """Where all that was made is good, nothing is scrap, said or not."""
    made = Fraction(one.fields["produced"])
    good, scrap, rework = (
        None if (said := one.fields.get(name)) is None else Fraction(said) for name in ("good", "scrap", "rework")
    )
    if scrap is None and good == made:
        scrap = Fraction()
    return Output(made, good, scrap, rework, one.fields.get("product") or product)


def _sum(quantities: list[Fraction]) -> Fraction | None:
    return sum(quantities, Fraction()) if quantities else None
