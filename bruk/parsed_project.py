"""Keeps the dbt project as this process parsed it: the stages of a refresh and its documentation stand on one parse."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

_Signature = tuple[tuple[str, int, int], ...]
#: By project folder: its files as they were, and dbt's manifest of them.
_kept: dict[Path, tuple[_Signature, Any]] = {}
_PARTS = (".sql", ".yml", ".yaml", ".md", ".csv")


def parsed_project(project: Path, parse: Callable[[], Any]) -> Any:
    """dbt's manifest of the project, parsed again only when a file of it changed; `parse` gives it, or None.

    None where it cannot be parsed: the command that wanted it then parses, and says in dbt's words what is wrong.
    One parse serves every site: nothing of a site is rendered before a model runs (macros/handed_in.sql).
    """
    signature = _signature(project)
    if project in _kept and _kept[project][0] == signature:
        return _kept[project][1]
    manifest = parse()
    if manifest is not None:
        _kept[project] = (signature, manifest)
    return manifest


def warns(command: Sequence[str]) -> bool:
    """Whether a command makes errors of warnings: those of parsing are said by whoever parses, and by nobody later."""
    return "--warn-error" in command or bool(os.environ.get("DBT_WARN_ERROR"))


def _signature(project: Path) -> _Signature:
    files = sorted(path for path in project.rglob("*") if path.suffix in _PARTS)
    return tuple((str(file), (about := file.stat()).st_mtime_ns, about.st_size) for file in files)
