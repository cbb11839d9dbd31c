"""The main job: services up, demonstration played, first edition published, addresses told."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bruk import demonstration, services
from bruk.editions import current_edition
from bruk.gate_status import read_status
from bruk.manifest import read_manifest
from bruk.pages import shown_edition
from contracts.errors import TransientError
from contracts.paths import SitePaths
from contracts.settings import Settings
from contracts.site import Site, load_site
from ingestion.ledger import read_pending

Report = Callable[[str], None]
PATIENCE = 600.0


@dataclass(frozen=True)
class Run:
    """`addresses`: (title, address) pairs. `edition`: what readers see; None for a real site without data yet."""

    edition: str | None
    addresses: list[tuple[str, str]]
    seconds: float


def run(folder: Path, report: Report = lambda line: None) -> Run:
    """Returns when everything answers and, where there is data, an edition is published.

    Never wipes data, and plays a demonstration once per site. Raises ContractError, PortTaken, NotHealthy,
    TransientError when the first edition does not come.
    """
    began = time.monotonic()
    site = load_site(folder)
    services.up(folder, wait=False, report=report)
    played = demonstration.play(site, report)
    report("waiting for broker, pages and Airflow")
    services.up(folder, wait=True, report=report)
    edition = _first_edition(site, report, played)
    return Run(edition, addresses(site.settings, site.paths), time.monotonic() - began)


def addresses(settings: Settings, paths: SitePaths) -> list[tuple[str, str]]:
    """What people open, in the order in which they want it."""
    pages = f"http://{settings.host}:{settings.web_port}"
    return [
        ("Styrkort · scorecards", f"{pages}/"),
        ("Maskiner · live", f"{pages}/live/"),
        ("Programmets sidor · for the programme", str(paths.sites / "programme" / "current")),
        ("Öppna sidor · for everybody", str(paths.sites / "open" / "current")),
        ("Airflow", f"http://127.0.0.1:{settings.airflow_port}/"),
        ("MQTT", f"{settings.mqtt_host}:{settings.mqtt_port}"),
    ]


def _first_edition(site: Site, report: Report, snapshot: int) -> str | None:
    """Waits for the first edition when something has landed; later ones come without anybody waiting.

    The first that people see of a demonstration has all of it: an edition before that `snapshot` is not waited for.
    """
    current = _edition_of(site, snapshot)
    if current is None and not _has_data(site):
        report("no data yet: connect a machine, or put files into var/drop/<source id>/")
        return None
    deadline = time.monotonic() + PATIENCE
    told = False
    while current is None:
        if not told:
            report("data has landed; Airflow makes the first edition")
            told = True
        status = read_status(site.paths)
        if status is not None and status.state != "published":
            reasons = "; ".join(reason.description_en for reason in status.reasons)
            raise TransientError(f"the first edition is held back: {reasons}")
        if time.monotonic() > deadline:
            raise TransientError(f"no edition after {PATIENCE:.0f} s; read var/log/airflow-scheduler.log")
        time.sleep(0.3)
        current = _edition_of(site, snapshot)
    while not _has(
        site, shown_edition(site.paths), snapshot
    ):  # the last step of the refresh: an address that is told must answer
        if time.monotonic() > deadline:
            raise TransientError(f"no pages after {PATIENCE:.0f} s; run `bruk pages`, which says why")
        time.sleep(0.1)
    return current.name


def _edition_of(site: Site, snapshot: int) -> Path | None:
    """The current edition when it has all that was touched up to a snapshot."""
    current = current_edition(site.paths)
    return current if _has(site, current.name if current else None, snapshot) else None


def _has(site: Site, edition: str | None, snapshot: int) -> bool:
    return edition is not None and read_manifest(site.paths.editions / edition)["snapshot"] >= snapshot


def _has_data(site: Site) -> bool:
    return site.paths.ledger.exists() and read_pending(site.paths.ledger)[1] > 0
