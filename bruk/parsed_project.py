"""Keeps the dbt project as it was parsed for a site: all stages of a refresh, and its documentation, stand on one parse."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

#: The files of a project as they were, and what dbt read from the environment.
_Signature = tuple[tuple[tuple[str, int, int], ...], tuple[tuple[str, str], ...]]
#: By project folder: what the last parse stands on, and dbt's manifest.
_kept: dict[Path, tuple[_Signature, Any]] = {}
_PARTS = (".sql", ".yml", ".yaml", ".md", ".csv")


def parsed_project(project: Path, words: Sequence[str]) -> Any:
    """dbt's manifest of the project, parsed again only when a file of it changed, or when it is for another site.

    `words`: dbt's options for the parse. None where it cannot be parsed: the command that wanted it then parses, and
    says in dbt's words what is wrong. A manifest is of one site: where its inputs lie is a part of the sources.
    """
    from dbt.cli.main import dbtRunner

    signature = _signature(project)
    if project in _kept and _kept[project][0] == signature:
        return _kept[project][1]
    done = dbtRunner().invoke(["parse", "--no-write-json", *words])
    if not done.success:
        return None
    _kept[project] = (signature, done.result)
    return done.result


def warns(command: Sequence[str]) -> bool:
    """Whether a command makes errors of warnings: those of parsing are said by whoever parses, and by nobody later."""
    return "--warn-error" in command or bool(os.environ.get("DBT_WARN_ERROR"))


def _signature(project: Path) -> _Signature:
    files = sorted(path for path in project.rglob("*") if path.suffix in _PARTS)
    of_site = sorted((name, value) for name, value in os.environ.items() if name.startswith("BRUK_"))
    return tuple((str(file), (about := file.stat()).st_mtime_ns, about.st_size) for file in files), tuple(of_site)
