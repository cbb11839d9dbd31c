"""A site whose characteristics are under control: inspections by file, a channel by UNS, and its warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bruk import built
from bruk.refresh import plan_refresh
from bruk.transform import run_dbt
from bruk.warehouse import ask
from contracts.site import Site
from ingestion.landing.sealer import land_pending
from ingestion.ledger import Ledger
from tests.ingestion.spooling import drop
from tests.sites import NOON, REGISTRY, clock_at, emit, equipment, make_site, source, text

MACHINE = "dal-press-1"
_COLUMNS = [
    "Tidpunkt", "Egenskap", "Prov", "Värde", "Kontrollerade", "Kasserade", "Fel", "Omkontroll", "Ref",
]  # fmt: skip
_WHEN = {"column": "Tidpunkt", "unit": "rfc3339"}
INSPECTIONS = source(
    "inspections",
    transport={"kind": "file", "pattern": "*.csv"},
    format={
        "adapter": "csv", "encoding": "utf-8", "dialect": {"delimiter": ";", "quote": '"', "decimal": "."},
        "columns": _COLUMNS,
        "emit": [
            emit(
                "inspection", observed_at=_WHEN, characteristic={"column": "Egenskap"}, sample={"column": "Prov"},
                value={"column": "Värde"}, inspected_quantity={"column": "Kontrollerade"},
                scrap_quantity={"column": "Kasserade"}, defects={"column": "Fel"}, record_ref={"column": "Ref"},
                first_pass={"column": "Omkontroll", "map": {"nej": "true", "ja": "false"}},
            ),
        ],
    },
    equipment={"fixed": MACHINE},
)  # fmt: skip


@dataclass(frozen=True)
class Inspected:
    """One inspection as a line of the file: a value, or how many were inspected, scrapped, or the defects on them."""

    at: datetime
    characteristic: str
    sample: int | None = None
    value: str | None = None
    inspected: float | None = None
    scrap: float | None = None
    defects: int | None = None
    again: bool = False
    ref: str | None = None

    def line(self) -> str:
        """Its line of the file, in the order of the columns."""
        told: Iterable[Any] = (
            self.at.isoformat(), self.characteristic, self.sample, self.value, self.inspected, self.scrap,
            self.defects, "ja" if self.again else "nej", self.ref,
        )  # fmt: skip
        return ";".join("" if item is None else str(item) for item in told)


def characteristic(name: str, chart: str, first: str, last: str, by: str = "sample", **more: Any) -> dict[str, Any]:
    """A record of the registry; `known_at` and `excluded` belong to its reference, the rest to itself."""
    reference: dict[str, Any] = {"name": text("fas I"), "first_day": first, "last_day": last}
    reference |= {key: more.pop(key) for key in ("known_at", "excluded") if key in more}
    subgroup = {"by": by} | {key: more.pop(key) for key in ("size", "every_s") if key in more}
    return {
        "id": name, "version": "1", "name": text(name), "equipment": MACHINE, "chart": chart, "subgroup": subgroup,
        "unit": "mm", "reference": reference, **more,
    }  # fmt: skip


class Charts:
    """A site in `folder` with these characteristics."""

    def __init__(self, folder: Path, characteristics: list[dict[str, Any]]) -> None:
        self.folder = folder
        self.site = self.register(characteristics)

    def register(self, characteristics: list[dict[str, Any]]) -> Site:
        """Writes the registry anew: what a site does that freezes a new version."""
        machine = equipment(MACHINE, "press-1", "press", "gw-dal", ["uns", "production", "inspections"])
        registry = {
            "characteristics": characteristics,
            "equipment": [machine, *(item for item in REGISTRY["equipment"] if item["id"] != MACHINE)],
        }
        self.site = make_site(self.folder, registry, {"inspections": INSPECTIONS})
        return self.site

    def inspect(self, inspected: Iterable[Inspected], received_ns: int = NOON) -> None:
        """Drops a file of inspections that is received at that moment, and lands it."""
        lines = [";".join(_COLUMNS), *(item.line() for item in inspected), ""]
        drop(self.site, "inspections", "\r\n".join(lines).encode(), received_ns=received_ns)
        land_pending(self.site, clock_at(received_ns))

    def chart(self, full: bool = False) -> bool:
        """Builds what charts stand on, and nothing else, as a refresh does; whether all of it was built anew."""
        plan = plan_refresh(self.site, full=full)
        assert plan is not None
        command = ["run", "--select", "+path:models/metrics/control"]
        done = run_dbt(self.site, [*command, "--full-refresh"] if plan.full else command)
        assert done.ok, done.failures
        built.remember(self.site.paths, plan.definitions)
        Ledger(self.site.paths.ledger).cover(plan.snapshot)
        return plan.full

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """Asks the warehouse."""
        columns, rows = ask(self.site.paths.warehouse, sql)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def limits(self, name: str, version: str, statistic: str) -> dict[str, Any]:
        """The one row of limits of a statistic."""
        (row,) = self.rows(
            f"from metrics.met_control_limit where characteristic_id = '{name}' and version = '{version}' "
            f"and statistic = '{statistic}'"
        )
        return row

    def capability(self, name: str, version: str) -> dict[str, Any]:
        """The one row of capability."""
        (row,) = self.rows(f"from metrics.met_capability where characteristic_id = '{name}' and version = '{version}'")
        return row
