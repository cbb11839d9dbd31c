"""Random small histories of machines: what each said, as plain values and as messages to be spooled."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from ingestion.spool.frames import Envelope
from tests.ingestion.spooling import envelope, numbered

ZONE = ZoneInfo("Europe/Stockholm")
#: Summer time ends in Sweden in the night of 25 October: a local day of 25 hours.
FIRST = datetime(2026, 10, 24, tzinfo=UTC)
HOURS = 96
SHARP = [FIRST + timedelta(hours=hour) for hour in (0, 22, 24, 46, 47, 48, 71, 72)]  # midnights, UTC and local
STATES = ("producing", "setup", "delayed", "idle", "down", "off", "unknown")
#: Planned run time per item of a product of the registry, s, by the first day of each plan; another product has none.
PRODUCTS = {"quick": {date(2026, 1, 1): 7, date(2026, 10, 26): 9}, "slow": {date(2026, 1, 1): 1900}}
#: Opening hours of a machine, local wall-clock times, on every day; the rest of the registry's calendar is the site's.
CALENDARS = ((), (("07:00", "16:00", 30),), (("00:00", "23:59", 60),), (("00:00", "06:00", 0), ("22:00", "23:59", 15)))


@dataclass(frozen=True)
class Said:
    """One message of a machine; `seq` is its number in the machine's outbox."""

    seq: int
    kind: str
    at: datetime
    fields: dict[str, Any]

    @property
    def order(self) -> tuple[datetime, int]:
        """Time of the event, then the number of the message: what the machine said first of one instant holds first."""
        return self.at, self.seq


@dataclass
class Machine:
    """A machine, its calendar, and all that it said."""

    name: str
    calendar: tuple[tuple[str, str, int], ...]
    silent_after_s: int | None = None
    said: list[Said] = field(default_factory=list)

    def of(self, kind: str) -> list[Said]:
        """Its messages of one kind, in their order."""
        return sorted((one for one in self.said if one.kind == kind), key=lambda one: one.order)

    def event_id(self, one: Said) -> str:
        return f"{self.name}:1:{one.seq}"

    def envelopes(self) -> list[Envelope]:
        """As the programme's convention has it."""
        path = f"nms/v1/dalarna/testbed-dal/hall/line/{self.name}"
        return [
            envelope(
                f"{path}/{one.kind}", json.dumps({"ts": one.at.isoformat(), **one.fields}).encode(),
                properties=numbered(1, one.seq),
            )
            for one in self.said
        ]  # fmt: skip


def random_machine(name: str, dice: random.Random) -> Machine:
    """A machine with some states, runs and outputs over four days; none of them need fit together."""
    made = Machine(name, dice.choice(CALENDARS), dice.choice([None, None, 7_200, 40_000]))
    moments = iter(lambda: _moment(dice), None)
    for _ in range(dice.randrange(12)):
        _say(made, "state_v1/state", next(moments), v=dice.choice(STATES))
    for number in range(dice.randrange(5)):
        _random_run(made, dice, number, moments)
    for _ in range(dice.randrange(3)):
        _say(made, "measurement_v1/oil_temp", next(moments), v=41.5)
    return made


def _random_run(made: Machine, dice: random.Random, number: int, moments: Any) -> None:
    name = {"run": f"R{number}"} if dice.random() < 0.5 else {}
    product = {"product": dice.choice(["quick", "slow", "unpriced"])} if dice.random() < 0.8 else {}
    _say(made, "run_v1/start", next(moments), kind=dice.choice(["build_job", "order"]), **product, **name)
    for phase in dice.choice([(), (), ("end",), ("end",), ("abort",), ("abort", "end")]):
        outcome = dice.choice([{}, {"outcome": "finished"}, {"outcome": "failed"}, {"outcome": "cancelled"}])
        _say(made, f"run_v1/{phase}", next(moments), **name, **outcome)
    for _ in range(dice.randrange(3)):
        good = dice.choice([{}, {"good": 3.5}, {"good": 3.5}, {"good": 4.25}, {"good": 9}])
        scrap = dice.choice([{}, {"scrap": 0.75}, {"scrap": 0.75}, {"scrap": 2}])
        rework = dice.choice([{}, {"rework": 0}, {"rework": 4.25}, {"rework": 5}])
        said = {**good, **scrap, **rework, **name, **dice.choice([{}, product])}
        _say(made, "output_v1/main", next(moments), produced=4.25, **said)


def _say(made: Machine, topic: str, at: datetime, **fields: Any) -> None:
    made.said.append(Said(len(made.said), topic, at, fields))


def _moment(dice: random.Random) -> datetime:
    if dice.random() < 0.25:
        return dice.choice(SHARP)
    return FIRST + timedelta(seconds=dice.randrange(HOURS * 3600))
