"""`bruk template list | write`: the sheets that the programme's office fills in."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bruk.commands.output import AsJson, print_json, print_table
from contracts.errors import UsageError

group = typer.Typer(no_args_is_help=True, help="Templates: what the programme's office fills in.")


class Ending(StrEnum):
    """How a template is written."""

    xlsx = "xlsx"
    csv = "csv"


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(group, name="template")


@group.command("list")
def list_templates(as_json: AsJson = False) -> None:
    """The templates: stream, file, sheet and title."""
    from bruk.office.template import templates
    from contracts.streams import load_streams

    found = templates(load_streams())
    if as_json:
        print_json([{"stream": one.stream, **one.template.model_dump(mode="json")} for one in found])
        return
    rows = [(one.stream, one.file_name("xlsx"), one.template.sheet, one.template.title.sv) for one in found]
    print_table("templates", ("stream", "file", "sheet", "title"), rows)


@group.command("write")
def write_templates(
    streams: Annotated[list[str] | None, typer.Argument(help="Streams; none with --all.", show_default=False)] = None,
    every: Annotated[bool, typer.Option("--all", help="The templates of all streams.")] = False,
    out: Annotated[Path, typer.Option(help="The folder to write into; it is made if it is not there.")] = Path(),
    form: Annotated[Ending, typer.Option("--format", help="xlsx or csv.")] = Ending.xlsx,
    as_json: AsJson = False,
) -> None:
    """Write templates as files that can be filled in and dropped into var/drop/programme."""
    from bruk.office.template import template_of
    from bruk.office.writing import write_template
    from contracts.office import office_streams
    from contracts.streams import load_streams

    if bool(streams) == every:
        raise UsageError("say which streams, or --all")
    known = load_streams()
    chosen = [stream.id for stream in office_streams(known)] if every else streams or []
    if unknown := [name for name in chosen if name not in known]:
        raise UsageError(f"there is no stream {unknown[0]!r}; `bruk template list` shows those with a template")
    sheets = [template_of(known[name]) for name in chosen]
    out.mkdir(parents=True, exist_ok=True)
    written = [write_template(sheet, out, form.value) for sheet in sheets]
    if as_json:
        print_json(written)
    else:
        print_table("written", ("file",), [(file,) for file in written])
