"""Lets a machine in, lists who may send, shuts a device out: registry row, certificate, access list, broker."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bruk import registry_entry
from bruk.credentials.access_list import device_topics
from bruk.credentials.authority import Authority, Certificate
from bruk.credentials.keeping import authority, keep, tell_broker, today
from bruk.credentials.snippets import Place, edge, mosquitto_pub, python
from contracts.clock import Clock, utc
from contracts.errors import UsageError
from contracts.faults import point
from contracts.registry import Equipment
from contracts.site import Site, load_site
from ingestion.mqtt.address import credentials, site_broker
from ingestion.mqtt.client import BrokerAway, Publisher

SOON_DAYS = 30
TRIES = 50  # a tenth of a second each; the broker reads the list within one


@dataclass(frozen=True)
class Handed:
    """What a device is given: the files to copy, its topics, and what to paste; a demonstration gives no files."""

    device: str
    machines: list[str]
    topics: list[str]
    files: list[Path]
    expires: datetime | None
    mosquitto_pub: str
    python: str
    edge: str

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class Sender:
    """A machine and who sends for it. `state`: good, soon (ends within 30 days), expired, revoked, none, not needed."""

    machine: str
    device: str
    topics: list[str]
    state: str
    expires: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class Revoked:
    """`certificates`: serial numbers that were put on the list now. `broker`: whether one runs, which then knows."""

    device: str
    machines: list[str]
    certificates: list[str]
    broker: bool

    def to_dict(self) -> dict[str, Any]:
        """For `--json`."""
        return asdict(self)


def add(site: Site, row: Equipment, clock: Clock) -> Handed:
    """Writes the registry row, lets its device in, and returns what to give to it.

    A device that sends for other machines already keeps its certificate. Raises UsageError, ContractError.
    """
    missing = [name for name in row.sources if name not in site.sources]
    if missing:
        raise UsageError(f"the site has no source '{missing[0]}'; write it first, then add the machine")
    registry_entry.append(site.paths, row)
    return _hand(load_site(site.paths.site), row.device, clock, anew=False)


def renew(site: Site, device: str, clock: Clock) -> Handed:
    """A new key and certificate for a device of the registry; the old one stays good until it ends or is revoked."""
    return _hand(site, _device(site, device), clock, anew=True)


def senders(site: Site, clock: Clock) -> list[Sender]:
    """Every machine of today's registry with its device, in the registry's order; changes nothing."""
    day, now = today(site, clock), utc(clock())
    topics = device_topics(site, day)
    needed = site.file.profile == "production"
    ours = authority(site, clock) if needed and (site.paths.credentials / "ca.crt").exists() else None
    found = []
    for machine in site.registry.equipment:
        if machine.holds(day):
            newest = ours.newest(machine.device) if ours else None
            state = _state(newest, now) if needed else "not needed"
            ends = newest.expires if newest else None
            found.append(Sender(machine.id, machine.device, topics[machine.device], state, ends))
    return found


def revoke(site: Site, name: str, clock: Clock) -> Revoked:
    """Shuts a device out: all its certificates, and its open connection. `name` is a device or one of its machines.

    The registry row stays: what the machine has sent is its history. Raises UsageError.
    """
    if site.file.profile == "demonstration":
        raise UsageError("a demonstration asks for no certificate, so there is none to revoke")
    device = _device(site, name)
    ours = authority(site, clock)
    serials = ours.revoke(device)  # first of all: killed anywhere behind it, the device stays out
    point("equipment.revoked")
    keep(site, clock)
    running = tell_broker(site.paths)
    if running:
        _end_connection(site, ours, device)
    return Revoked(device, _machines(site, device), [f"{serial:x}" for serial in serials], running)


def _end_connection(site: Site, ours: Authority, device: str) -> None:
    """A connection outlives its certificate, so we take its place for a moment: the broker ends the old for ours."""
    stem = f"{device}.momentary"  # no device's name has a dot; and the keys never leave this machine
    ours.issue_momentary(device, stem)
    ours.revoke(device)
    tell_broker(site.paths)
    place = site_broker(site.settings, site.paths, stem)
    with suppress(BrokerAway):  # refused: the list is in force, and whoever is sent away cannot come back
        for _ in range(TRIES):
            Publisher(place, device).abandon()
            time.sleep(0.1)
    point("equipment.momentary")
    ours.issue_momentary(device, stem)
    point("equipment.taking-over")
    with suppress(BrokerAway):  # the broker has ended meanwhile, and with it every connection
        Publisher(place, device).abandon()
    ours.revoke(device)
    ours.forget(stem)
    tell_broker(site.paths)


def _hand(site: Site, device: str, clock: Clock, *, anew: bool) -> Handed:
    topics = device_topics(site, today(site, clock)).get(device, [])
    files: list[Path] = []
    expires = None
    if site.file.profile != "demonstration":
        ours = authority(site, clock)
        if anew or not ours.usable(device, SOON_DAYS):
            ours.issue(device)
        keep(site, clock)
        newest, own = ours.newest(device), credentials(site.paths.credentials, device)
        files, expires = [own.authority, own.certificate, own.key], newest.expires if newest else None
    place = Place(site.settings.mqtt_host, site.settings.mqtt_port, device, topics, bool(files))
    return Handed(
        device, _machines(site, device), topics, files, expires, mosquitto_pub(place), python(place), edge(place)
    )


def _state(newest: Certificate | None, now: datetime) -> str:
    if newest is None:
        return "none"
    if newest.revoked:
        return "revoked"
    if not newest.good_at(now):
        return "expired"
    return "soon" if (newest.expires - now).days < SOON_DAYS else "good"


def _device(site: Site, name: str) -> str:
    """The device of that name, or the one that sends for the machine of that name. Raises UsageError."""
    if any(machine.device == name for machine in site.registry.equipment):
        return name
    for machine in site.registry.equipment:
        if machine.id == name:
            return machine.device
    raise UsageError(f"the registry has neither a device nor a machine '{name}'")


def _machines(site: Site, device: str) -> list[str]:
    return [machine.id for machine in site.registry.equipment if machine.device == device]
