"""`bruk ingest …`: the ingestion services in the foreground, as the supervisor runs them."""

from __future__ import annotations

import signal
import threading
from contextlib import AbstractContextManager
from dataclasses import asdict
from typing import Annotated

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table
from contracts.clock import system_clock

group = typer.Typer(no_args_is_help=True, help="The ingestion services in the foreground.")


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(group, name="ingest")


# Each service imports its room when it starts: the receiving process must import neither pyarrow nor duckdb.


@group.command("mqtt")
def mqtt(site: SiteFolder = None) -> None:
    """Receive MQTT: acknowledge after the spool has it on disk."""
    from ingestion import canary
    from ingestion.mqtt.address import RECEIVER, site_broker
    from ingestion.mqtt.receiver import run_receiver

    opened = open_site(site)
    broker = site_broker(opened.settings, opened.paths, RECEIVER)
    filters = [*opened.subscriptions, canary.TOPIC]
    run_receiver(opened.settings, opened.paths, broker, filters, system_clock)


@group.command("files")
def files(site: SiteFolder = None) -> None:
    """Watch the drop folders."""
    from ingestion.files.watcher import run_watcher

    run_watcher(open_site(site), system_clock, _stop_at_signal())


@group.command("seal")
def seal(site: SiteFolder = None) -> None:
    """Land sealed spool segments as typed Parquet."""
    from ingestion.landing.sealer import run_sealer

    run_sealer(open_site(site), system_clock, _stop_at_signal())


@group.command("keep")
def keep(
    once: Annotated[bool, typer.Option("--once", help="One pass, and its outcome.")] = False,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Archive landed segments, erase what its retention has ended for, compact closed days."""
    from bruk.turns import warehouse_turn
    from ingestion.keeping.keeper import keep_once, run_keeper

    opened = open_site(site)

    def turn() -> AbstractContextManager[None]:
        return warehouse_turn(opened.paths, patience=0)

    if not once:
        run_keeper(opened, system_clock, _stop_at_signal(), turn)
        return
    done = asdict(keep_once(opened, system_clock, turn))
    print_json(done) if as_json else print_table("kept", list(done), [tuple(str(n) for n in done.values())])


@group.command("follow")
def follow(site: SiteFolder = None) -> None:
    """Serve the live page and the scorecards, and acknowledge to the devices what the spool has."""
    from bruk.credentials.keeping import kept_daily
    from ingestion.acknowledge.acknowledger import acknowledging
    from ingestion.live.app import run_follower

    opened = open_site(site)
    with acknowledging(opened, system_clock), kept_daily(opened, system_clock):
        run_follower(opened, system_clock)


def _stop_at_signal() -> threading.Event:
    """An event that SIGTERM and SIGINT set."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop
