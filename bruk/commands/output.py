"""What every command shares: the options --site and --json, results on stdout, progress on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table

from contracts.site import Site, load_site

stdout = Console()
stderr = Console(stderr=True)

SiteFolder = Annotated[
    Path | None, typer.Option("--site", help="The site's folder; else BRUK_SITE, else demo.", show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def open_site(folder: Path | None) -> Site:
    """The site that a command works on; says which files are left out. Raises ContractError for site and registry."""
    site = load_site(folder)
    for problem in site.wrong:
        stderr.print(f"left out: {problem.code} {problem}", style="yellow", highlight=False, markup=False)
    return site


def print_json(value: Any) -> None:
    """One JSON document on stdout; dates and times in ISO 8601."""
    print(json.dumps(value, ensure_ascii=False, indent=1, default=_as_json))  # noqa: T201  # not rich: no wrapping


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A table on stdout; an empty cell for None."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    stdout.print(table)


def say(text: str) -> None:
    """A line of progress on stderr."""
    stderr.print(f"[dim]·[/dim] {text}", highlight=False)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Any]:
    """A bar on stderr with rate and remaining time; yields a function that takes how many are done."""
    columns = (
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task(title, total=total, rate="")

        def done(count: int) -> None:
            speed = bar.tasks[0].speed
            bar.update(task, completed=count, rate=f"{speed:,.0f}/s" if speed else "")

        yield done


def _as_json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return float(value)
