"""Examines a site: broker, ports, disk, clock, versions, permissions; each finding with what to do."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from bruk import services
from bruk.equipment import senders
from bruk.supervision import ports
from bruk.supervision.checks import Check
from bruk.supervision.doctor_way import way_in
from bruk.supervision.programs import find_mosquitto
from contracts.clock import system_clock
from contracts.errors import BrukError
from contracts.paths import SitePaths
from contracts.settings import Settings, load_settings
from contracts.site import load_site

_GIB = 1024**3
#: States of a device's certificate that somebody must do something about, in Swedish.
_WANTING = {"soon": "går snart ut", "expired": "har gått ut", "none": "saknas"}


def doctor(folder: Path) -> list[Check]:
    """Every check of the site in `folder`; sends a canary where services run, and changes nothing else."""
    settings = load_settings(folder)
    paths = SitePaths(settings.site)
    return [
        _contracts(folder), _mosquitto(), *_ports(settings, folder), *way_in(settings, paths),
        *_certificates(folder), *_alerts(settings, paths), _key(settings, paths), _disk(paths), _writable(paths),
        _clock(), _versions(),
    ]  # fmt: skip


def _contracts(folder: Path) -> Check:
    try:
        site = load_site(folder)
    except BrukError as error:
        return Check("site", "fail", str(error), str(error), "Rätta filen.", "Mend the file.")
    if site.wrong:
        text = "; ".join(map(str, site.wrong))
        return Check("site", "fail", text, text, "Rätta filen; tills dess utelämnas den.", "Mend the file.")
    text = f"{len(site.sources)} sources, {len(site.registry.equipment)} machines"
    return Check("site", "ok", text.replace("sources", "källor").replace("machines", "maskiner"), text)


def _mosquitto() -> Check:
    try:
        return Check("mosquitto", "ok", find_mosquitto(), find_mosquitto())
    except BrukError as error:
        return Check("mosquitto", "fail", "saknas", str(error), "Kör `make run`.", "Run `make run`.")


def _ports(settings: Settings, folder: Path) -> Iterator[Check]:
    running = bool(services.running_pids(folder))
    for port in ports.ports(settings):
        name = f"port {port.number}"
        if ports.is_free(port):
            cure = ("", "") if not running else ("Se `bruk status`.", "See `bruk status`.")
            state: Literal["ok", "fail"] = "fail" if running else "ok"
            yield Check(name, state, f"ledig ({port.service_sv})", f"free ({port.service_en})", *cure)
        elif running:
            yield Check(name, "ok", f"svarar ({port.service_sv})", f"answers ({port.service_en})")
        else:
            text = ports.taken_text(port)
            yield Check(name, "fail", f"upptagen av ett annat program ({port.service_sv})", "taken", text, text)


def _alerts(settings: Settings, paths: SitePaths) -> Iterator[Check]:
    from ingestion.live.notifier import read_addresses

    if not settings.alert_file:
        yield Check("alerts", "warn", "når ingen", "reach nobody", "Ange alert_file; se körschemat alerts.",
                    "Set alert_file; see docs/runbooks/alerts.md.")  # fmt: skip
        return
    try:
        n = len(read_addresses(paths.site / settings.alert_file))
    except BrukError as error:
        cure = ("Rätta filen, prova sedan: bruk alerts test.", "Mend the file, then try: bruk alerts test.")
        yield Check("alerts", "fail", str(error), str(error), *cure)
    else:
        yield Check("alerts", "ok", f"{n} adresser", f"{n} addresses")


def _key(settings: Settings, paths: SitePaths) -> Check:
    from ingestion.files.pseudonyms import site_key
    from ingestion.rejection import Rejection

    name = "pseudonym key"
    if not settings.pseudonym_key_file:
        return Check(
            name, "ok", "ingen: filer som anger personer tas inte emot", "none: files naming persons are refused"
        )
    key = site_key(settings, paths)
    if isinstance(key, Rejection):
        words = key.words()
        return Check(name, "fail", words.sv, words.en, words.cure_sv, words.cure_en)
    return Check(name, "ok", f"kan användas ({key.fingerprint})", f"can be used ({key.fingerprint})")


def _disk(paths: SitePaths) -> Check:
    free = shutil.disk_usage(paths.site).free / _GIB
    text = f"{free:.1f} GiB"
    if free >= 2:
        return Check("disk", "ok", f"{text} ledigt", f"{text} free")
    state: Literal["warn", "fail"] = "warn" if free >= 0.5 else "fail"
    return Check("disk", state, f"{text} ledigt", f"{text} free", "Ge plats: inget kvitteras på en full disk.",
                 "Make room: nothing is acknowledged on a full disk.")  # fmt: skip


def _writable(paths: SitePaths) -> Check:
    folder = paths.var if paths.var.exists() else paths.site
    if os.access(folder, os.W_OK):
        return Check("permissions", "ok", "skrivbar", "writable")
    return Check("permissions", "fail", f"{folder.name} kan inte skrivas", f"{folder.name} cannot be written",
                 "Ge kontot skrivrätt.", "Let this account write there.")  # fmt: skip


def _clock() -> Check:
    year = time.gmtime().tm_year
    if 2026 <= year < 2100:
        return Check("clock", "ok", "rimlig", "sane")
    return Check("clock", "fail", f"år {year}", f"year {year}", "Ställ klockan (NTP).", "Set the clock (NTP).")


def _certificates(folder: Path) -> Iterator[Check]:
    """One finding per device that cannot connect, or soon cannot; a demonstration asks for no certificates."""
    try:
        site = load_site(folder)
    except BrukError:  # said above
        return
    if site.file.profile == "demonstration":
        return
    wanting = {one.device: one for one in senders(site, system_clock) if one.topics and one.state in _WANTING}
    for device, one in sorted(wanting.items()):
        state: Literal["warn", "fail"] = "warn" if one.state == "soon" else "fail"
        until = f" ({one.expires:%Y-%m-%d})" if one.expires else ""
        cure = f"`bruk equipment renew {device}`"
        yield Check(f"certificate {device}", state, f"{_WANTING[one.state]}{until}", f"{one.state}{until}",
                    f"{cure} och kopiera filerna.", f"{cure} and copy the files.")  # fmt: skip
    if not wanting:
        yield Check("certificates", "ok", "alla enheter har giltiga", "every device has a good one")


def _versions() -> Check:
    names = ("apache-airflow", "dbt-core", "duckdb", "great-expectations", "paho-mqtt")
    text = f"Python {sys.version.split()[0]}, " + ", ".join(f"{name} {version(name)}" for name in names)
    return Check("versions", "ok", text, text)
