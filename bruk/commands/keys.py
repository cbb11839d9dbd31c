"""`bruk key new`: the secret that pseudonyms of persons are made with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bruk.commands.output import say, stdout

key = typer.Typer(no_args_is_help=True, help="The key that makes pseudonyms of persons.")


def add_to(app: typer.Typer) -> None:
    """Adds the group to the command line."""
    app.add_typer(key, name="key")


@key.command("new")
def new(file: Annotated[Path, typer.Argument(metavar="FILE", help="Outside of var/ and its backups.")]) -> None:
    """Make a new key in a file that is not there yet, readable by this account alone; the key itself is not shown."""
    from ingestion.files.pseudonyms import make_key

    made = make_key(file)
    say(f"key {made.fingerprint} is in {file}; keep a copy apart: without it the same person becomes another one")
    say("to use it, put this under [settings] in site.toml, then `make run`:")
    stdout.print(f'pseudonym_key_file = "{file.resolve()}"', soft_wrap=True, markup=False, highlight=False)
