"""The command `bruk`: puts the commands together and turns errors into words and exit codes."""

from __future__ import annotations

import os
import sys

import structlog
import typer

from bruk.commands import (
    alerts,
    contracts,
    edge,
    equipment,
    ingest,
    keys,
    machines,
    persons,
    quarantine,
    reading,
    rebuild,
    refresh,
    report,
    services,
    templates,
    watch,
)
from bruk.commands.output import stderr
from contracts.errors import BrukError

app = typer.Typer(
    name="bruk",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From a machine's message to a number on a scorecard. The site is --site DIR or BRUK_SITE (default: demo).",
)

services.add_to(app)
contracts.add_to(app)
templates.add_to(app)
equipment.add_to(app)
ingest.add_to(app)
edge.add_to(app)
watch.add_to(app)
alerts.add_to(app)
keys.add_to(app)
persons.add_to(app)
machines.add_to(app)
quarantine.add_to(app)
refresh.add_to(app)
rebuild.add_to(app)
reading.add_to(app)
report.add_to(app)


def main() -> None:
    """Runs the command line. An error of ours is a plain line on stderr and its own exit code, never a stack trace."""
    os.umask(0o027)  # what a site writes is its account's; a group may read, nobody else
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # stdout belongs to results
    try:
        app()
    except BrukError as error:
        stderr.print(f"[red]✗[/red] {type(error).__name__}: ", end="")
        stderr.print(str(error), markup=False, highlight=False)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
