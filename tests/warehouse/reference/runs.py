"""Which runs a machine had: when each began and ended, how, and what it produced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from itertools import zip_longest
from typing import Any

from tests.warehouse.reference.said import PRODUCTS, Machine, Said


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
    outputs: list[tuple[Fraction, Fraction | None, str | None]] = field(default_factory=list)

    def quantities(self) -> dict[str, Fraction | None]:
        """PQ, GQ and the planned times of both; None where it is not known."""
        if not self.outputs:
            return dict.fromkeys(("pq", "gq", "pri_pq", "pri_gq"))
        produced = sum((one for one, _, _ in self.outputs), Fraction())
        priced = [(made, good, PRODUCTS[product]) for made, good, product in self.outputs if product in PRODUCTS]
        told = [good for _, good, _ in self.outputs if good is not None]
        good = sum(told, Fraction()) if told else None
        planned = sum((made * pri for made, _, pri in priced), Fraction()) if priced else None
        priced_good = [good * pri for _, good, pri in priced if good is not None]
        planned_good = sum(priced_good, Fraction()) if priced_good else None
        if good is None or good > produced:  # more good than produced is a contradiction
            return {"pq": produced, "gq": None, "pri_pq": planned, "pri_gq": None}
        return {"pq": produced, "gq": good, "pri_pq": planned, "pri_gq": planned_good}


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
            good = one.fields.get("good")
            run.outputs.append(
                (Fraction(one.fields["produced"]), None if good is None else Fraction(good),
                 one.fields.get("product") or run.product)
            )  # fmt: skip
