"""`bruk init | run | up | down | status | doctor`: a site and its services."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from bruk.commands.output import AsJson, SiteFolder, print_json, print_table, say, stdout
from contracts.settings import load_settings


def add_to(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    for name, command in (("init", init), ("run", run), ("up", up), ("down", down), ("status", status)):
        app.command(name)(command)
    app.command("doctor")(doctor)


def init(folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")]) -> None:
    """Make a new, empty site with the standard registry and commented examples."""
    from bruk.site_init import init as make

    for path in make(folder):
        stdout.print(f"{path}", highlight=False)
    say(f"next: fill in registry/ and sources/, then `bruk contract check --site {folder}`")


def run(site: SiteFolder = None) -> None:
    """Start everything, play the demonstration (once per site), wait for the first edition, print the addresses."""
    from bruk.run import run as run_site

    folder = load_settings(site).site
    result = run_site(folder, report=say)
    stdout.print()
    for title, address in result.addresses:
        stdout.print(f"  [bold]{title:<24}[/bold] {address}", highlight=False)
    stdout.print()
    say(f"edition {result.edition or '–'} · {result.seconds:.0f} s · stop with `make stop`")


def up(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Start the services and wait until they answer."""
    from bruk import services

    _print_status(services.up(load_settings(site).site, report=say), as_json)


def down(site: SiteFolder = None) -> None:
    """Stop all that was started for the site."""
    from bruk import services

    killed = services.down(load_settings(site).site, report=say)
    say("stopped" if not killed else f"stopped; {len(killed)} processes had to be killed")


def status(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """List the services; exit code 1 when one of them does not run."""
    from bruk import services

    found = services.status(load_settings(site).site)
    _print_status(found, as_json)
    if not found or not all(one.running for one in found):
        raise typer.Exit(1)


def doctor(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Check broker, disk, ports, clock, versions and permissions; exit code 1 when something fails."""
    from bruk.supervision.doctor import doctor as examine

    checks = examine(load_settings(site).site)
    if as_json:
        print_json([check.to_dict() for check in checks])
    else:
        marks = {"ok": Text("✓", "green"), "warn": Text("!", "yellow"), "fail": Text("✗", "red")}
        rows = [(marks[check.state], check.name, check.text_en, check.cure_en) for check in checks]
        print_table("doctor", ("", "check", "found", "what to do"), rows)
    if any(check.state == "fail" for check in checks):
        raise typer.Exit(1)


def _print_status(found: list, as_json: bool) -> None:  # type: ignore[type-arg]
    if as_json:
        print_json([one.to_dict() for one in found])
        return
    if not found:
        say("nothing was started; `bruk up` starts the services")
        return
    rows = [(one.name, one.state, one.pid, one.uptime_seconds, one.detail) for one in found]
    print_table("services", ("service", "state", "pid", "up, s", ""), rows)
