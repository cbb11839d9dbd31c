"""Writes half a year of invented history as the files that testbeds and the programme's office would drop.

`python history.py --out DIR --until DAY`: the same arguments give the same bytes.
Everything is made up; a few rows are wrong on purpose, as in real exports.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml
from history_of_builds import PART_KG, Build, after_builds
from meters import meter_rows
from office import files as office

START = date(2026, 5, 1)
EVERY_DAY = (1, 2, 3, 4, 5, 6, 7)  # ISO weekdays
HERE = Path(__file__).resolve().parent
Table = dict[tuple[str, str], list[list[str]]]  # (source, month) → rows


@dataclass(frozen=True)
class Machine:
    """How an invented machine behaves. `better`: by how much its losses shrink from the first month to the sixth."""

    id: str
    name: str
    first: date
    opens: int
    closes: int
    weekdays: tuple[int, ...]
    products: tuple[tuple[str, float, int], ...]  # product, planned seconds per item, items per order
    losses: float
    scrap: float
    better: float
    heat: float
    power: float
    printer: bool = False


MACHINES = (
    Machine("dal-press-1", "Press 1", START, 0, 24, EVERY_DAY,
            (("BRK-110", 18, 900), ("BRK-240", 32, 520)), 0.30, 0.045, 0.45, 52, 38),
    Machine("dal-assembly-1", "Montering 1", date(2026, 8, 1), 0, 24, EVERY_DAY,
            (("MON-210", 95, 190), ("MON-330", 150, 110)), 0.26, 0.03, 0.3, 34, 9),
    Machine("var-packing-1", "Packlinje 1", START, 6, 22, EVERY_DAY[:5],
            (("FPK-12", 6, 2400), ("FPK-24", 11, 1300)), 0.34, 0.02, 0.15, 150, 21),
    Machine("var-machining-1", "Fleroperationsmaskin 1", date(2026, 9, 1), 7, 16, EVERY_DAY[:5],
            (("AXL-40", 420, 22), ("FLN-16", 260, 36)), 0.38, 0.05, 0.2, 41, 12),
    Machine("gav-printer-1", "Skrivare 1", date(2026, 6, 15), 6, 22, EVERY_DAY[:6],
            (("HLL-3", 2400, 5), ("GRP-2", 3100, 4)), 0.32, 0.06, 0.3, 60, 0.3, True),
    Machine("gav-printer-2", "Skrivare 2", START, 6, 22, EVERY_DAY[:6],
            (("KPA-7", 5200, 3), ("HLL-3", 2400, 6)), 0.36, 0.07, 0.3, 60, 0.35, True),
)  # fmt: skip
HEADERS = {
    "production-records": "Order;Maskin;Artikel;Kund;Start;Slut;Utfall;Producerat;Godkänt;Kasserat;Körtid h",
    "state-log": "Tidpunkt;Maskin;Tillstånd;Orsak",
    "build-log": "Bygge;Skrivare;Modell;Kund;Start;Slut;Resultat;Delar;Godkända;Kasserade;Anmärkning;Beställd;"
    "Beräknad tid h;Beräknad massa kg;Behörig;Part",
    "inspections": "Protokoll;Skrivare;Bygge;Datum;Kontrollerade;Godkända;Kasserade;Omarbetas;Omkontroll;"
    "Godkänd massa kg",
    "layer-log": "Tidpunkt;Skrivare;Bygge;Lager;Lager totalt;Klar;Exponering s;Avvikelser;Påläggarhändelser",
    "feedstock-log": "Post;Tidpunkt;Skrivare;Händelse;Parti;Till parti;Material;Massa kg;Nytt;Bygge",
    "measurement-log": "Tidpunkt;Maskin;Temperatur °C;Moment Nm",
    "energy-log": "Timme;Mätare;kWh",
    "meter-readings": "Avläst;Mätare;Maskin;Ställning Wh",
}
ENCODINGS = dict.fromkeys(("build-log", "inspections", "layer-log", "feedstock-log"), "utf-8-sig") | {
    "energy-log": "utf-8"
}
#: Lines above the header.
COMMENTS = {"energy-log": "#Created: {month}-01 16:58:01;\r\n"}


class History:
    """The rows, month by month, as the world goes on."""

    def __init__(self, until: date) -> None:
        self.until = until
        self.rows: Table = defaultdict(list)
        self.used: dict[str, dict[datetime, float]] = defaultdict(dict)
        self.organisations = _registry("organisations")
        self.closed = {(row["testbed"][-3:], row["day"]) for row in _registry("closures")}
        self.customers = [row["org_nr"] for row in self.organisations if row["actor_kind"] == "company"]
        self.orders = 0
        self.builds: list[Build] = []

    def write(self, out: Path) -> int:
        """Makes everything and writes a file per source and month; returns how many files."""
        for machine in MACHINES:
            self._machine(machine, random.Random(f"machine {machine.id}"))
            for source, month, row in meter_rows(
                machine.id, machine.name, machine.power, self.used[machine.id], self.until
            ):
                self.rows[source, month].append(row)
        for source, month, row in after_builds(self.builds, self.until):
            self.rows[source, month].append(row)
        self._mistakes()
        for (source, month), rows in sorted(self.rows.items()):
            file = out / source / f"{source}-{month}.csv"
            file.parent.mkdir(parents=True, exist_ok=True)
            text = COMMENTS.get(source, "").format(month=month) + _csv([HEADERS[source].split(";"), *rows])
            file.write_bytes(text.encode(ENCODINGS.get(source, "cp1252")))
        return len(self.rows)

    def _days(self, machine: Machine) -> Iterator[date]:
        day = max(machine.first, START)
        while day <= self.until:
            if day.isoweekday() in machine.weekdays and (machine.id[:3], day) not in self.closed:
                yield day
            day += timedelta(days=1)

    def _machine(self, machine: Machine, chance: random.Random) -> None:
        for day in self._days(machine):
            begin = datetime.combine(day, time(machine.opens)) + timedelta(seconds=chance.randrange(5, 400))
            end = datetime.combine(day, time()) + timedelta(hours=machine.closes) - timedelta(minutes=4)
            if day.month == 9 and machine.id == "var-packing-1" and 14 <= day.day <= 22:
                self._state(machine, begin, "Loggstopp", "Loggen saknas")
                continue
            self._shift(machine, begin, end, chance)
            self._meters(machine, day, chance)
            if machine.id == "dal-assembly-1":
                self._torque(machine, day, random.Random(f"torque {day}"))

    def _shift(self, machine: Machine, now: datetime, end: datetime, chance: random.Random) -> None:
        """One day of orders: setup, production with interruptions, and what stands between the orders."""
        months = (now.date() - START).days / 30.4
        losses = machine.losses * (1 - machine.better * min(months / 6, 1)) * chance.uniform(0.7, 1.3)
        while True:
            product, planned, size = chance.choice(machine.products)
            wanted = max(1, round(size * chance.uniform(0.5, 1.1)))
            setup = timedelta(minutes=chance.uniform(6, 20))
            made_in = timedelta(seconds=planned * wanted * chance.uniform(1.0, 1.12))
            delays = made_in * losses * chance.uniform(0.3, 1.0)
            if now + setup + made_in + delays > end:
                self._state(machine, now, "Väntar", "")
                self._state(machine, end, "Avstängd", "")
                return
            finish = self._run(machine, now, setup, made_in, delays, chance)
            self._order(machine, product, wanted, now, finish, months, chance)
            now = finish + timedelta(minutes=chance.uniform(2, 25) * (1 + 4 * losses))
            self._state(machine, finish, "Väntar", "")
            if chance.random() < 0.05:
                self._state(
                    machine, finish + timedelta(minutes=1), "Stopp", chance.choice(("Hydraulik", "Givare", "Matning"))
                )
                now += timedelta(minutes=chance.uniform(15, 70))

    def _run(
        self,
        machine: Machine,
        now: datetime,
        setup: timedelta,
        made_in: timedelta,
        delays: timedelta,
        chance: random.Random,
    ) -> datetime:
        self._state(machine, now, "Omställning", "")
        now += setup
        parts = chance.randint(1, 3)
        for _ in range(parts):
            self._state(machine, now, "Produktion", "")
            now += made_in / parts
            self._state(machine, now, "Störning", chance.choice(("Material saknas", "Korta stopp", "Justering")))
            now += delays / parts
        return now.replace(microsecond=0)

    def _order(
        self,
        machine: Machine,
        product: str,
        wanted: int,
        begin: datetime,
        end: datetime,
        months: float,
        chance: random.Random,
    ) -> None:
        self.orders += 1
        customer = self._customer(machine, months, chance)
        scrap = sum(chance.random() < machine.scrap * (1 - 0.5 * min(months / 6, 1)) for _ in range(min(wanted, 60)))
        scrap = min(wanted, scrap * wanted // min(wanted, 60))
        kind = chance.random()
        month = f"{end:%Y-%m}"
        if machine.printer:
            outcome = "Klar" if kind < 0.86 + 0.015 * months else "Misslyckad" if kind < 0.975 else "Avbruten"
            good, waste = (wanted - scrap, scrap) if outcome == "Klar" else (0, wanted)
            note = (
                ""
                if outcome == "Klar"
                else chance.choice(("Släppte från plattan", "Munstycket satte igen", "Beställaren ångrade sig"))
            )
            row = [
                f"B-{self.orders:05d}",
                machine.name,
                product,
                customer,
                _clock(begin),
                _clock(end),
                outcome,
                str(wanted),
                str(good),
                str(waste),
                note,
                *self._job(product, wanted, begin),
                *self._crew(),
            ]
            self.rows["build-log", month].append(row)
            self.builds.append(Build(row[0], machine, product, begin, end, outcome, wanted, good))
            return
        outcome = "Klar" if kind < 0.97 else "Avbruten"
        made = wanted if outcome == "Klar" else wanted // 2
        hours = (end - begin).total_seconds() / 3600
        row = [
            f"PO-{self.orders:05d}", machine.name, product, customer, _clock(begin), _clock(end), outcome, _count(made),
            _count(made - min(scrap, made)), _count(min(scrap, made)), _number(hours, 3),
        ]  # fmt: skip
        self.rows["production-records", month].append(row)

    def _job(self, product: str, wanted: int, begin: datetime) -> list[str]:
        """When it was ordered, and what the slicer says of it: planned hours and mass."""
        chance = random.Random(f"job {self.orders}")
        planned = {name: seconds for machine in MACHINES for name, seconds, _ in machine.products}[product]
        ordered = begin - timedelta(hours=chance.uniform(30, 240))
        hours = planned * wanted * chance.uniform(0.96, 1.06) / 3600
        return [_clock(ordered), _number(hours, 3), _number(PART_KG[product] * wanted, 3)]

    def _crew(self) -> list[str]:
        """Whether the operator was certified, and the organisation that ran it with the lab, now and then a college."""
        chance = random.Random(f"crew {self.orders}")
        certified = "Ja" if chance.random() < 0.7 + 0.002 * min(self.orders, 100) else "Nej"
        return [certified, chance.choice(("559900-2486", "559900-2551")) if chance.random() < 0.04 else ""]

    def _customer(self, machine: Machine, months: float, chance: random.Random) -> str:
        """A company; the share from other counties grows with the months."""
        if chance.random() < 0.1:
            return ""
        home = {"dal": "dalarna", "gav": "gavleborg", "var": "varmland"}[machine.id[:3]]
        away = chance.random() < 0.16 + 0.03 * months
        companies = [row for row in self.organisations if row["actor_kind"] == "company"]
        chosen = [row for row in companies if (row["county"] != home) == away]
        return str(chance.choice(chosen)["org_nr"])

    def _state(self, machine: Machine, at: datetime, state: str, reason: str) -> None:
        self.rows["state-log", f"{at:%Y-%m}"].append([_clock(at), machine.name, state, reason])

    def _meters(self, machine: Machine, day: date, chance: random.Random) -> None:
        for hour in range(machine.opens, machine.closes):
            at = datetime.combine(day, time(hour))
            if at.month == 10 and at.day == 25 and hour in (2, 3):
                continue  # the hour that the clock shows twice: this logger stays silent
            energy = machine.power * chance.uniform(0.7, 1.0)
            heat = machine.heat * chance.uniform(0.9, 1.12)
            if machine.id == "var-machining-1" and day == date(2026, 10, 14) and hour == 11:
                heat = 385.0  # a broken wire: beyond the physical range of the sensor
            self.used[machine.id][at] = energy
            row = [f"{at:%Y-%m-%d %H:%M}", machine.name, _number(heat, 1), ""]
            self.rows["measurement-log", f"{day:%Y-%m}"].append(row)

    def _torque(self, machine: Machine, day: date, chance: random.Random) -> None:
        """Five screws in a row, four times a day; a worn spindle tightens harder until it is changed."""
        worn = 0.6 if date(2026, 10, 12) <= day < date(2026, 10, 24) else 0.0
        for hour in (5, 11, 17, 23):
            for screw in range(5):
                at = datetime.combine(day, time(hour, 20 + screw))
                row = [f"{at:%Y-%m-%d %H:%M}", machine.name, "", _number(chance.gauss(32 + worn, 0.55), 2)]
                self.rows["measurement-log", f"{day:%Y-%m}"].append(row)

    def _mistakes(self) -> None:
        """What goes wrong in real exports: too few fields, an unknown machine, a word for a number."""
        months = sorted(month for source, month in self.rows if source == "production-records")
        for month, row in zip(
            months[-2:],
            (["PO-99001", "Press 1", "BRK-110", "559900-0100"],
             ["PO-99002", "Press 2", "BRK-110", "559900-0100", f"{months[-1]}-02 08:00:00", "", "", "", "", "", ""]),
            strict=False,
        ):  # fmt: skip
            self.rows["production-records", month].append(row)
        self.rows["measurement-log", months[-1]].append([f"{months[-1]}-02 08:00", "Press 1", "trasig", ""])


def _registry(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load((HERE / "registry" / f"{name}.yaml").read_text(encoding="utf-8"))[name])


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def _number(value: float, decimals: int) -> str:
    return f"{value:.{decimals}f}".replace(".", ",")


def _count(value: int) -> str:
    return f"{value:,}".replace(",", " ")


def _csv(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return text.getvalue()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--until", type=date.fromisoformat, required=True)
    arguments = parser.parse_args()
    written = History(arguments.until).write(arguments.out) + office.write(arguments.out, arguments.until)
    print(f"{written} files in {arguments.out}")


if __name__ == "__main__":
    main()
