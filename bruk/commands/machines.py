"""`bruk drop | send | record`: what stands in for a machine: a file, a recording."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, progress, say
from contracts.clock import system_clock
from contracts.errors import UsageError
from contracts.paths import SitePaths
from contracts.settings import load_settings
from ingestion.mqtt.address import OPERATOR, Broker, credentials, site_broker

Address = Annotated[
    str | None,
    typer.Option("--broker", metavar="HOST:PORT", help="Else the site's own broker.", show_default=False),
]
Device = Annotated[
    str | None,
    typer.Option("--as", metavar="DEVICE", help="Whose certificate to show; a demonstration asks for none.",
                 show_default=False),
]  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command("drop")(drop)
    app.command("send")(send)
    app.command("record")(record)


def drop(
    files: Annotated[list[Path], typer.Argument(help="The files; they stay where they are.")],
    source: Annotated[
        str | None,
        typer.Option(help="The source that reads them; none: templates of the office, told by their headings.",
                     show_default=False),
    ] = None,
    supersedes: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The earlier file, by name or sha256, whose place it takes, whole.",
                     show_default=False),
    ] = None,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Ingest files now, with one outcome per file; exit code 3 when one was refused.

    A later number of the same range takes the place of the earlier file: <stream>__<source>__<from>_<to>__<nnn>.csv.
    """
    from bruk.dropping import drop_files

    outcomes = drop_files(open_site(site), files, source, system_clock, supersedes)
    if as_json:
        print_json([outcome.to_dict() for outcome in outcomes])
    else:
        rows = [(o.name, o.outcome, o.records, o.accepted, o.duplicate, o.quarantined) for o in outcomes]
        print_table("dropped", ("file", "outcome", "records", "accepted", "duplicate", "quarantined"), rows)
        for outcome in outcomes:
            for reason in outcome.reasons:
                say(f"{outcome.name}: {reason}")
            for old in outcome.supersedes:
                say(f"{outcome.name}: stands in the place of {old}")
            if outcome.superseded_by:
                say(f"{outcome.name}: counts nowhere, {outcome.superseded_by} stands in its place")
    if any(outcome.refused for outcome in outcomes):
        raise typer.Exit(3)


def send(
    recording: Annotated[Path, typer.Argument(metavar="RECORDING.jsonl")],
    broker: Address = None,
    device: Device = None,
    speed: Annotated[float, typer.Option(help="1: as recorded; 0: as fast as possible.", min=0.0)] = 1.0,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Publish a recording over MQTT as the device did."""
    from ingestion.mqtt.recordings import send as play

    to = _broker(broker, device, site)
    total = recording.read_bytes().count(b"\n") if recording.is_file() else None
    with progress(f"sending {recording.name}", total) as done:
        sent = play(recording, to, speed, done)
    print_json({"sent": sent}) if as_json else say(f"{sent} messages sent; the broker has all of them")


def record(
    out: Annotated[Path, typer.Argument(metavar="OUT.jsonl")],
    topic: Annotated[str, typer.Option(help="A topic filter.")],
    broker: Address = None,
    device: Device = None,
    site: SiteFolder = None,
) -> None:
    """Record what is published under a topic filter, until Ctrl-C."""
    from ingestion.mqtt.recordings import record as write

    at = _broker(broker, device, site)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    say(f"recording {topic} to {out}; end with Ctrl-C")
    say(f"{write(at, topic, out, stop)} messages recorded")


def _broker(address: str | None, device: str | None, site: Path | None) -> Broker:
    """The site's own broker, or another one; without a device the operator looks at the former, and nobody is named."""
    settings = load_settings(site)
    paths = SitePaths(settings.site)
    if address is None:
        return site_broker(settings, paths, device or OPERATOR)
    host, _, port = address.rpartition(":")
    if not host or not port.isdecimal():
        raise UsageError(f"{address!r} is not HOST:PORT")
    return Broker(host, int(port), credentials(paths.credentials, device) if device else None)
