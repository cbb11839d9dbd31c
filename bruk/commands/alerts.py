"""`bruk alerts …`: what stands and what stood, and whether alerts reach anybody."""

from __future__ import annotations

from datetime import datetime

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, say
from contracts.errors import TransientError, UsageError

group = typer.Typer(no_args_is_help=True, help="Alerts: what stands, and whether they reach anybody.")


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(group, name="alerts")


@group.command("list")
def show(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """List the alerts that stand and those that are over; exit code 1 when one stands."""
    from bruk.live_report import fetch

    found = fetch(site).report["alerts"]
    if as_json:
        print_json(found)
    else:
        rows = [(_moment(a["raised_at"]), _moment(a["cleared_at"]), a["kind"], a["text"]["en"]) for a in found]
        print_table("alerts", ("raised", "over", "kind", "what"), rows)
    if any(alert["cleared_at"] is None for alert in found):
        raise typer.Exit(1)


@group.command("test")
def send_trial(site: SiteFolder = None, as_json: AsJson = False) -> None:
    """Send a test message to every address of the site's alert file now; exit code 1 when one does not take it."""
    from ingestion.live.notifier import deliver, read_addresses, shown, trial_letter

    opened = open_site(site)
    if not opened.settings.alert_file:
        raise UsageError("no alert_file is set: see docs/runbooks/alerts.md")
    results = []
    for address in read_addresses(opened.paths.site / opened.settings.alert_file):
        try:
            deliver(address, trial_letter(opened.file.name.sv))
            results.append((shown(address), "sent"))
        except TransientError as error:
            results.append((shown(address), str(error)))
    if as_json:
        print_json([{"address": address, "result": result} for address, result in results])
    else:
        print_table("test message", ("address", "result"), results)
    if not results:
        say("the alert file names no address")
    if not results or any(result != "sent" for _, result in results):
        raise typer.Exit(1)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
