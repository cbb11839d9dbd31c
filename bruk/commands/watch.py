"""`bruk watch`: the live page in a terminal."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from bruk.commands.output import AsJson, SiteFolder, print_json, stdout
from bruk.live_report import Fetched, fetch

SECONDS = 2.0
_SHORT_COLUMNS = 84  # what all columns but the last message take; it is shown where the terminal is a quarter wider
_STATES = {
    "sends": ("●", "green"), "late": ("◐", "yellow"), "silent": ("○", "red"), "never": ("–", "dim"),
    "rest": ("☾", "dim"),
}  # fmt: skip


def add_to(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command("watch")(watch)


def watch(
    once: Annotated[bool, typer.Option("--once", help="Show it once and end.")] = False,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show whether every machine sends, until Ctrl-C; with --once or --json once.

    Exit code 0: ready and no alert stands; 1: something stands still, or an alert stands.
    """
    if as_json or once:
        found = fetch(site)
        print_json(found.report) if as_json else stdout.print(drawn(found))
        raise typer.Exit(0 if is_well(found) else 1)
    _watch_on(site, stdout)


def is_well(found: Fetched) -> bool:
    """Whether the site is ready, its follower answers, and no alert stands."""
    return found.live and found.report["ready"] and not _standing(found.report)


def drawn(found: Fetched) -> RenderableType:
    """The report as tables."""
    report = found.report
    parts: list[RenderableType] = [Text(f"{report['site']['en']}  {_moment(report['at'])}", style="bold")]
    if not found.live:
        parts.append(Text("✗ the follower does not answer: this is what lies on disk; start it with `bruk up`", "red"))
    parts += [Text(f"✗ {s['name']['en']} {s['text']['en']}", "red") for s in report["services"] if not s["ok"]]
    parts += [Text(f"! {a['text']['en']}, since {_moment(a['raised_at'])}", "yellow") for a in _standing(report)]
    return Group(*parts, _machines(report), _platform(report))


def _watch_on(site: Path | None, console: Console) -> None:
    with Live(drawn(fetch(site)), console=console, screen=console.is_terminal, auto_refresh=False) as live:
        while True:
            time.sleep(SECONDS)
            live.update(drawn(fetch(site)), refresh=True)


def _standing(report: dict[str, Any]) -> list[dict[str, Any]]:
    return [alert for alert in report["alerts"] if alert["cleared_at"] is None]


def _machines(report: dict[str, Any]) -> Table:
    table = Table(box=SIMPLE_HEAD, header_style="bold", show_edge=False, pad_edge=False, padding=(0, 1, 0, 0))
    for name in ("machine", "state", "heard", "expected", "/min", "missing", "refused"):
        table.add_column(name, no_wrap=True)
    room = stdout.width - _SHORT_COLUMNS
    if room > _SHORT_COLUMNS / 4:
        table.add_column("last message", no_wrap=True)
    for item in report["equipment"]:
        mark, style = _STATES[item["state"]]
        missing = "not countable" if item["missing"] is None else str(item["missing"])
        refused = sum(reason["recent"] for reason in item["reasons"])
        cells = [
            Text(item["id"]), Text(f"{mark} {item['state']}", style), Text(_age(item["age_s"])),
            Text(_age(item["expected_s"])), Text(str(item["rate_per_minute"])),
            Text(missing, "yellow" if item["missing"] else ""), Text(str(refused), "red" if refused else ""),
        ]  # fmt: skip
        words = "; ".join(item["last"]["words"]) if item["last"] else ""
        table.add_row(*cells, *([Text(words[:room])] if room > _SHORT_COLUMNS / 4 else []))
    return table


def _platform(report: dict[str, Any]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    broker, receiver = report["broker"], report["receiver"]
    for service in report["services"]:
        table.add_row(service["name"]["en"], Text(f"{'✓' if service['ok'] else '✗'} {service['text']['en']}"))
    if broker:
        table.add_row("Queue", f"{broker['stored']} messages, {broker['queue_share']:.1%} of its limit")
        table.add_row("Dropped", str(broker["dropped"]))
    if receiver:
        table.add_row("Received", f"{receiver['messages']} since its start; {receiver['sessions_lost']} sessions lost")
    table.add_row("Waiting to be landed", f"{report['pending_segments']} segments")
    table.add_row("Disk", f"{report['disk_used_share']:.0%} used, {report['free_bytes'] / 1e9:.1f} GB free")
    return table


def _moment(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def _age(seconds: float | None) -> str:
    if seconds is None:
        return "never"
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
