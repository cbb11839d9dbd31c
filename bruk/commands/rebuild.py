"""`bruk rebuild`: the warehouse from landing, or landing from the spool; the same rows, or exit code 1."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from bruk.commands.output import AsJson, SiteFolder, open_site, print_json, print_table, say
from contracts.errors import UsageError
from contracts.site import Site


def add_to(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command("rebuild")(rebuild)


def rebuild(
    from_spool: Annotated[bool, typer.Option("--from-spool", help="Landing and ledger from the spool.")] = False,
    accept: Annotated[bool, typer.Option("--accept", help="Let the new landing count though rows differ.")] = False,
    site: SiteFolder = None,
    as_json: AsJson = False,
) -> None:
    """Make the warehouse again from landing, or landing from the spool, and compare. Exit code 1 when rows differ."""
    opened = open_site(site)
    if accept and not from_spool:
        raise UsageError("--accept belongs to --from-spool")
    rows, note = _landing(opened, accept) if from_spool else _warehouse(opened)
    if as_json:
        print_json({"same": all(row["same"] for row in rows), "note": note, "compared": rows})
    else:
        print_table("rebuilt", ("", "rows before", "rows after", "same"), [_line(row) for row in rows])
        say(note)
    if not all(row["same"] for row in rows):
        raise typer.Exit(1)


def _landing(site: Site, accept: bool) -> tuple[list[dict[str, Any]], str]:
    from ingestion.keeping.keeper import keeping_lock
    from ingestion.landing.rebuild import rebuild_landing

    with keeping_lock(site):
        found = rebuild_landing(site, accept_differences=accept)
    rows = [
        {
            "name": stream.stream, "rows_before": stream.rows_before, "rows_after": stream.rows_after,
            "hash_before": stream.sha256_before, "hash_after": stream.sha256_after, "same": stream.same,
        }
        for stream in found.streams
    ]  # fmt: skip
    note = "the rebuilt landing counts now; next `bruk refresh`" if found.swapped else "nothing was changed"
    return rows, f"{note}; {found.taken_over} segments taken over, whose retention has ended"


def _warehouse(site: Site) -> tuple[list[dict[str, Any]], str]:
    from bruk.rebuild import rebuild_warehouse

    rows = [
        {
            "name": table.table, "rows_before": table.before and table.before[0],
            "rows_after": table.after and table.after[0], "hash_before": table.before and str(table.before[1]),
            "hash_after": table.after and str(table.after[1]), "same": table.same,
        }
        for table in rebuild_warehouse(site, report=say)
    ]  # fmt: skip
    return rows, "the warehouse is built whole from landing"


def _line(row: dict[str, Any]) -> tuple[Any, ...]:
    return row["name"], row["rows_before"], row["rows_after"], "yes" if row["same"] else "NO"
