"""Keeps the credentials of a site as they must be: makes what is missing, renews what ends soon, tells the broker."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog

from bruk.credentials.access_list import access_list
from bruk.credentials.authority import OWN_DAYS, SERVER, Authority
from bruk.supervision.configuration import broker_pid_file
from bruk.supervision.processes import command_line
from contracts.clock import Clock, utc
from contracts.errors import BrukError
from contracts.paths import SitePaths
from contracts.settings import Settings
from contracts.site import Site, load_site
from ingestion.atomic import replace_file
from ingestion.mqtt.address import EVERYWHERE, SERVICES

log = structlog.get_logger()

LOOK_SECONDS = 60.0
#: Our own certificates are renewed when fewer days are left: twice the longest pause between two `bruk up`.
RENEW_DAYS = 90


def access_file(paths: SitePaths) -> Path:
    """The broker's access list."""
    return paths.credentials / "acl"


def today(site: Site, clock: Clock) -> date:
    """The calendar day of the site: validity in the registry is in such days."""
    return utc(clock()).astimezone(ZoneInfo(site.file.time_zone)).date()


def authority(site: Site, clock: Clock) -> Authority:
    """The site's own authority, made at first use."""
    return Authority(site.paths.credentials, clock, f"Bruk {site.file.id}")


def keep(site: Site, clock: Clock) -> list[str]:
    """Brings authority, own certificates and access list up to date and returns what changed, in words.

    A demonstration has none of them. The broker, if it runs, reads the new files at once.
    """
    if site.file.profile == "demonstration":
        return []
    ours = authority(site, clock)
    changed = _own_certificates(ours, site.settings)
    devices = {machine.device for machine in site.registry.equipment}
    revoked = frozenset(name for name in devices if (newest := ours.newest(name)) and newest.revoked)
    file, text = access_file(site.paths), access_list(site, today(site, clock), revoked).encode()
    if not file.exists() or file.read_bytes() != text:
        replace_file(file, text, mode=0o600)
        changed.append("the broker's access list")
    if changed:
        tell_broker(site.paths)
    return changed


@contextmanager
def kept_daily(site: Site, clock: Clock) -> Iterator[None]:
    """Keeps them from day to day while the caller works: a row of the registry begins and ends with its days."""
    stop = threading.Event()
    thread = threading.Thread(target=_keep_daily, args=(site, clock, stop), name="credentials", daemon=True)
    if site.file.profile == "production":
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if thread.is_alive():
            thread.join()


def _keep_daily(site: Site, clock: Clock, stop: threading.Event) -> None:
    day = today(site, clock)
    while not stop.wait(LOOK_SECONDS):
        if (now := today(site, clock)) != day:
            day = now
            try:
                for changed in keep(load_site(site.paths.site), clock):
                    log.info("credentials_kept", made=changed)
            except (BrukError, OSError) as error:  # the list of yesterday stays
                log.error("credentials_not_kept", reason=str(error))


def tell_broker(paths: SitePaths) -> bool:
    """Asks a running broker to read access list, certificate and revocations anew; False when none runs.

    Open connections stay, with the new rights (measured: mosquitto 2.0.11 reads all three at SIGHUP).
    """
    try:
        pid = int(broker_pid_file(paths).read_text(encoding="ascii"))
    except (OSError, ValueError):
        return False
    if "mosquitto" not in command_line(pid):  # a stranger with a reused number: the broker had crashed
        return False
    os.kill(pid, signal.SIGHUP)
    return True


def broker_hosts(settings: Settings) -> list[str]:
    """The names and addresses that the broker's certificate is good for; each once, in order."""
    listen = [] if settings.mqtt_listen in EVERYWHERE else [settings.mqtt_listen]
    return list(dict.fromkeys([settings.mqtt_host, *listen, "localhost", "127.0.0.1", "::1"]))


def _own_certificates(ours: Authority, settings: Settings) -> list[str]:
    changed = []
    hosts = broker_hosts(settings)
    if not ours.usable(SERVER, RENEW_DAYS) or ours.hosts() != hosts:
        ours.issue_server(hosts)
        changed.append("the broker's certificate")
    for name in SERVICES:
        if not ours.usable(name, RENEW_DAYS):
            ours.issue(name, OWN_DAYS)
            changed.append(f"the certificate of {name}")
    return changed
