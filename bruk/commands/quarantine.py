"""`bruk quarantine list | show | replay | discard`: what was refused, why, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, plain, print_json, print_table, say, stdout

if TYPE_CHECKING:
    from ingestion.ledger import QuarantineEntry

group = typer.Typer(no_args_is_help=True, help="What was refused, why, and what to do.")

Code = Annotated[str | None, typer.Option(help="Only this code, e.g. E_DEVICE.", show_default=False)]
Source = Annotated[str | None, typer.Option(help="Only this source.", show_default=False)]
Device = Annotated[str | None, typer.Option(help="Only this device.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(group, name="quarantine")


@group.command("list")
def list_quarantined(
    code: Code = None, source: Source = None, device: Device = None,
    limit: Annotated[int, typer.Option(min=1)] = 50, site: SiteFolder = None, as_json: AsJson = False,
) -> None:  # fmt: skip
    """The refused messages and records, the newest first."""
    from ingestion.quarantine import list_entries

    entries = list_entries(open_site(site), code=code, source=source, device=device, limit=limit)
    if as_json:
        print_json([entry.to_dict() for entry in entries])
        return
    rows = [(e.id, e.code, e.received_at, e.state, f"{_sender(e)}\n{e.words().sv}") for e in entries]
    print_table("quarantine", ("id", "code", "received (UTC)", "state", "from, and why"), rows)


@group.command("show")
def show(entry: Annotated[int, typer.Argument(metavar="ID")], site: SiteFolder = None, as_json: AsJson = False) -> None:
    """One entry with its reason in both languages, the cure, and the original bytes."""
    from ingestion.quarantine import show as open_entry

    found = open_entry(open_site(site), entry)
    if as_json:
        print_json(found.to_dict())
        return
    for name, value in found.to_dict().items():
        stdout.print(f"[bold]{name:<14}[/bold] ", end="")
        stdout.print(plain(str(value)), highlight=False)


@group.command("replay")
def replay(
    code: Code = None, source: Source = None, device: Device = None, site: SiteFolder = None, as_json: AsJson = False
) -> None:
    """Decode again with the sources and registry of today; what is accepted now is accepted exactly once."""
    from ingestion.quarantine import replay as again

    done = again(open_site(site), code=code, source=source, device=device)
    if as_json:
        print_json(done.to_dict())
        return
    say(f"{done.accepted} accepted now, {done.still_quarantined} still refused")
    if done.accepted:
        say("the next refresh takes them in")


@group.command("discard")
def discard(
    entry: Annotated[int, typer.Argument(metavar="ID")],
    reason: Annotated[str, typer.Option(help="Why it will never be accepted.")],
    site: SiteFolder = None,
) -> None:
    """Close an entry for good; it stays counted as quarantined."""
    from ingestion.quarantine import discard as close

    close(open_site(site), entry, reason)
    say(f"{entry} is discarded")


def _sender(entry: QuarantineEntry) -> str:
    """The file's name for files, else source and device."""
    if entry.segment.startswith("files/"):
        return entry.topic
    return " · ".join(part for part in (entry.source, entry.device) if part) or entry.topic
