"""Keeps the dbt project as this process parsed it: the stages of a refresh and its documentation stand on one parse."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

_Signature = tuple[tuple[str, int, int], ...]
#: By project folder: its files as they were, and dbt's manifest of them.
_kept: dict[Path, tuple[_Signature, Any]] = {}
_PARTS = (".sql", ".yml", ".yaml", ".md", ".csv")


def parsed_project(project: Path, words: Sequence[str]) -> Any:
    """dbt's manifest of the project, parsed again only when a file of it changed; `words`: dbt's options for the parse.

    None where it cannot be parsed: the command that wanted it then parses, and says in dbt's words what is wrong. A
    manifest holds nothing of a site: paths, time zone and days are read from the environment when a model is compiled.
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
    return tuple((str(file), (about := file.stat()).st_mtime_ns, about.st_size) for file in files)
