"""What machines may say in a few days, as messages to be spooled: a build of three days, and random small histories."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ingestion.spool.frames import Envelope
from tests.ingestion.spooling import envelope, numbered

PRESS = "nms/v1/dalarna/testbed-dal/hall-1/line-1/press-1"
ASSEMBLY = "nms/v1/dalarna/testbed-dal/hall-1/line-1/assembly-1"
PRINTER = "nms/v1/gavleborg/testbed-gav/lab-1/fff/printer-1"
PACKING = "nms/v1/varmland/testbed-var/hall-1/line-1/packing-1"

#: A channel and a meter of each, as the demonstration's registry has them.
CHANNELS = {PRESS: "oil_temp", ASSEMBLY: "torque", PRINTER: "z", PACKING: "seal_temp"}
METERS = {
    PRESS: "dal-press-1-grid", ASSEMBLY: "dal-assembly-1-grid", PRINTER: "gav-printer-1-plug",
    PACKING: "var-packing-1-new",
}  # fmt: skip

#: Summer time ends in Sweden in the night of 25 October: local midnights at 22:00, then at 23:00 UTC.
FIRST = datetime(2026, 10, 24, tzinfo=UTC)
SHARP = [
    FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=2), FIRST + timedelta(hours=22),
    FIRST + timedelta(days=1, hours=23), FIRST + timedelta(days=1, hours=1), FIRST + timedelta(days=1, seconds=3599),
]  # fmt: skip
STATES = ("producing", "setup", "delayed", "idle", "down", "off", "unknown")


@dataclass
class Device:
    """A sender; `counts`: it numbers its messages, and has been restarted `boot` times."""

    counts: bool = True
    boot: int = 1
    seq: int = 0
    said: list[Envelope] = field(default_factory=list)

    def say(self, topic: str, at: datetime, **fields: Any) -> None:
        """One message of the programme's convention."""
        self.seq += 1
        payload = json.dumps({"ts": at.isoformat(), **fields}).encode()
        number = {"properties": numbered(self.boot, self.seq)} if self.counts else {}
        self.said.append(envelope(topic, payload, **number))


def three_days() -> list[Envelope]:
    """A build job from 13 October 07:10 to 15 October 14:00 UTC: setup 50 min, producing, and a delay of 90 min."""
    device, start = Device(), datetime(2026, 10, 13, tzinfo=UTC)

    def at(day: int, hour: int, minute: int = 0) -> datetime:
        return start + timedelta(days=day - 1, hours=hour, minutes=minute)

    for when, state in [
        (at(1, 6), "idle"), (at(1, 7, 10), "setup"), (at(1, 8), "producing"), (at(2, 3), "delayed"),
        (at(2, 4, 30), "producing"), (at(3, 0), "producing"), (at(3, 14), "idle"), (at(3, 18), "off"),
    ]:  # fmt: skip
        device.say(f"{PRINTER}/state_v1/state", when, v=state)
    job = {"run": "BJ-1", "product": "HLL-3"}
    device.say(f"{PRINTER}/run_v1/start", at(1, 7, 10), kind="build_job", organisation="559900-0100", **job)
    device.say(f"{PRINTER}/run_v1/end", at(3, 14), run="BJ-1", outcome="finished", duration_s=197_400)
    device.say(f"{PRINTER}/output_v1/main", at(2, 12), produced=8, good=8, scrap=0, **job)
    device.say(f"{PRINTER}/output_v1/main", at(3, 14, 20), produced=12, good=11, scrap=1, **job)
    for hour in range(6, 64, 2):
        for _ in range(1 + hour % 3 // 2):  # some values are said twice, and are two measurements
            device.say(f"{PRINTER}/measurement_v1/tool0_actual", at(1, hour), v=210.0 + hour % 5, run="BJ-1")
    return device.said


def random_history(dice: random.Random) -> list[Envelope]:
    """Three days of four machines. Three number their messages; the fourth names its runs and never repeats a time."""
    line, printer, packing = Device(), Device(), Device(counts=False)
    for device, machine in ((line, PRESS), (line, ASSEMBLY), (printer, PRINTER), (packing, PACKING)):
        moments = _moments(dice, repeat=device.counts)
        for _ in range(14):
            reason = dice.choice([{}, {"reason": "Givare"}, {"reason": "Åska"}])
            device.say(f"{machine}/state_v1/state", next(moments), v=dice.choice(STATES), **reason)
        for number in range(4):
            _run(dice, device, machine, number, moments)
        for _ in range(5):
            device.say(f"{machine}/measurement_v1/{CHANNELS[machine]}", next(moments), v=dice.choice([6.5, 9.0, 900.0]))
            _energy(dice, device, machine, moments)
        for _ in range(8 if machine == PRINTER else 0):
            device.say(f"{machine}/measurement_v1/bed_actual", next(moments), v=dice.choice([50.0, 60.0, 70.0]))
        if not device.counts:
            device.say(f"{machine}/state_v1/state", next(moments))  # says no state: refused
        device.say(f"{machine}/event_v1/alarm", next(moments), detail="E7")
        device.boot, device.seq = device.boot + 1, 0
    messages = line.said + printer.said + packing.said
    return messages + dice.sample(line.said + printer.said, 6)  # redelivered: counted as duplicates


def _run(dice: random.Random, device: Device, machine: str, number: int, moments: Iterator[datetime]) -> None:
    """A run that may have no name, no end, two ends, or an end before its start; and some of its output."""
    named = not device.counts or dice.random() < 0.5
    name = {"run": f"R{number}"} if named else {}
    product = dice.choice(["BRK-110", "HLL-3", "unpriced"])
    kind = dice.choice(["build_job", "order"])
    device.say(f"{machine}/run_v1/start", next(moments), kind=kind, product=product, **name)
    for phase in dice.choice([(), ("end",), ("end",), ("abort",), ("abort", "end")]):
        outcome = dice.choice([{}, {"outcome": "finished"}, {"outcome": "failed"}, {"outcome": "cancelled"}])
        device.say(f"{machine}/run_v1/{phase}", next(moments), **name, **outcome)
    for _ in range(dice.randrange(3)):
        good = dice.choice([{}, {"good": 3.5}])
        device.say(f"{machine}/output_v1/main", next(moments), produced=4.25, **good, **name)


def _energy(dice: random.Random, device: Device, machine: str, moments: Iterator[datetime]) -> None:
    """A counter that may fall, and an interval of some hours that may overlap others."""
    told = {"register": dice.choice(["consumed", "consumed", "produced"]), "v": dice.choice([0.5, 40.25, 999_999.0])}
    at = next(moments)
    device.say(f"{machine}/energy_v1/{METERS[machine]}", at, kind="counter", **told)
    at = next(moments)
    begins = (at - timedelta(hours=dice.randrange(1, 30))).isoformat()
    device.say(f"{machine}/energy_v1/{METERS[machine]}", at, kind="interval", **told, **{"from": begins})


def _moments(dice: random.Random, repeat: bool) -> Iterator[datetime]:
    """Moments in no order: midnights, other sharp times, and seconds anywhere; with `repeat` some more than once."""
    used: set[datetime] = set()
    while True:
        anywhere = FIRST + timedelta(seconds=dice.randrange(3 * 86_400))
        moment = dice.choice(SHARP) if dice.random() < 0.3 else anywhere
        if repeat or moment not in used:
            used.add(moment)
            yield moment


COLUMNS = (
    "Organisationsnummer;Namn;Aktörstyp;Storleksklass;Län;Kommun;"
    "Aktivitet;Datum;Slag;Delprojekt;Pilot;Stödform;Roll;Timmar"
)


def participation(number: int) -> bytes:
    """A file with two participations of one company, in an activity of its own."""
    company, rest = "559900-0100;Bolaget AB;Företag;Litet;Dalarna;Falun", "Kunskapsspridning;Innovation;;;;2,5"
    days = (f"2026-10-0{number + 1}", f"2026-10-1{number}")
    rows = [f"{company};seminarium-{number};{day};{rest}" for day in days]
    return "\r\n".join([COLUMNS, *rows, ""]).encode()
