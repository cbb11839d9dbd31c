"""`bruk person erase`: takes one person out of everything that is kept; who it is stands in no argument and no log."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, say, stdout
from contracts.errors import UsageError

if TYPE_CHECKING:
    from contracts.site import Site

person = typer.Typer(no_args_is_help=True, help="Persons in what is kept.")


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(person, name="person")


@person.command("erase")
def erase(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again: it cannot be undone.")] = False,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Erase one person: asks for the identifier (or reads one line of stdin), and prints a receipt without it.

    Kept files, landing and quarantine lose the person's records, which stay counted as ignored (erased); the next
    refresh builds the warehouse without them. Editions never hold a person.
    """
    from bruk.erasure import erase_by_identifier

    opened = open_site(site)
    identifier = _identifier()
    if not yes and sys.stdin.isatty():
        typer.confirm("Erase this person for good?", abort=True, err=True)
    receipt = erase_by_identifier(opened, identifier)
    if as_json:
        print_json(receipt)
    else:
        _show(opened, receipt)


def _identifier() -> str:
    """What names the person: typed without echo, or one line of stdin; never an argument, which a shell remembers."""
    if sys.stdin.isatty():
        found = str(typer.prompt("Identifier (personal number; not shown)", hide_input=True, err=True))
    else:
        found = sys.stdin.readline()
    if not found.strip():
        raise UsageError("no identifier was given: type it when asked, or pipe it in")
    return found.strip()


def _show(site: Site, receipt: dict[str, object]) -> None:
    for name in ("at", "key", "files", "landed", "records", "days"):
        stdout.print(f"[bold]{name:<8}[/bold] {receipt[name]}", highlight=False, soft_wrap=True)
    say(f"the receipt is in {site.paths.erasures}")
    if receipt["days"]:
        say("next `bruk refresh`: the warehouse still has the person until then")
    elif not receipt["files"]:
        say("nothing that is kept names this person")
