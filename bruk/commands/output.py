"""What every command shares: the options --site and --json, results on stdout, progress on stderr."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from contracts.site import Site, load_site

stdout = Console()
stderr = Console(stderr=True)
_SHORT = 24
_SENTENCE = 20  # columns that sentences need at least, beside short ones that stay whole

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
    """A table on stdout, or the word "none"; an empty cell for None, times in UTC to the second.

    A cell may be a rich Text. Short columns (ids, codes, numbers, times) stay on one line as long as the terminal has
    room; sentences are wrapped between words.
    """
    cells = [[_cell(cell) for cell in row] for row in rows]
    if not cells:
        stdout.print(f"{title}: none".removeprefix(": "), highlight=False)
        return
    table = Table(
        title=title, title_justify="left", header_style="bold", box=SIMPLE_HEAD, show_edge=False, pad_edge=False,
        padding=(0, 2, 0, 0),
    )  # fmt: skip
    widths = [_width([Text(heading), *(row[n] for row in cells)]) for n, heading in enumerate(columns)]
    short = [width <= _SHORT for width in widths]
    room = sum(width if kept else _SENTENCE for width, kept in zip(widths, short, strict=True)) + 2 * len(columns)
    for heading, kept in zip(columns, short, strict=True):
        table.add_column(heading, overflow="fold", no_wrap=kept and room <= stdout.width)
    for row in cells:
        table.add_row(*row)
    stdout.print(table, highlight=False)
    stdout.print()


def say(text: str) -> None:
    """A line of progress on stderr."""
    stderr.print(Text("· ", "dim") + plain(text), highlight=False)


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


def plain(text: str) -> Text:
    """What a machine wrote, neither read as rich's markup nor obeyed by the terminal; its lines stay."""
    return Text("".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text))


def _cell(value: Any) -> Text:
    """A cell as text; what a machine wrote is nothing else."""
    if isinstance(value, Text):
        return value
    if isinstance(value, datetime):
        return Text(f"{value.astimezone(UTC) if value.tzinfo else value:%Y-%m-%d %H:%M:%S}")
    return plain("" if value is None else str(value))


def _width(texts: Iterable[Text]) -> int:
    return max(cell_len(line) for text in texts for line in text.plain.split("\n"))


def _as_json(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if hasattr(value, "to_dict"):
        return value.to_dict()
    return float(value)
