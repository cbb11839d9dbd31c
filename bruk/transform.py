"""Runs dbt in this process: one stage of the models for the inputs that `bruk.inputs` wrote."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from bruk.parsed_project import parsed_project, warns
from contracts.errors import TerminalError, TransientError
from contracts.paths import DBT_PROJECT
from contracts.site import Site

Stage = Literal["core", "marts"]
_SELECTIONS: dict[str, list[str]] = {
    "core": ["path:models/staging", "path:models/core"],
    "marts": ["path:models/metrics", "path:models/indicators"],
}
_WHOLE = ["--full-refresh"]
_DAYS = ["--exclude", "tag:definitions", "--no-write-json"]


@dataclass(frozen=True)
class BuildResult:
    """What dbt did. `failures`: one text per model or test that failed, with dbt's own words."""

    ok: bool
    models: int
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0


def transform(site: Site, stage: Stage, full: bool = False) -> BuildResult:
    """Builds and tests the models of a stage. A model that fails is a result; a busy warehouse is TransientError.

    The models' worked examples say nothing about the data of a site: they run in the tests, not in every refresh.
    `buildable`: a test that looks into both stages waits for the second. Unless all is built (`full`), what only the
    registry and the definitions decide stays, and dbt writes no manifest: both are as the last whole build left them.
    """
    command = [
        "build", "--select", *_SELECTIONS[stage], "--exclude-resource-type", "unit_test",
        "--indirect-selection", "buildable",
    ]  # fmt: skip
    return run_dbt(site, [*command, *(_WHOLE if full else _DAYS)])


def run_dbt(
    site: Site, command: list[str], project: Path = DBT_PROJECT, target: Path | None = None
) -> BuildResult:  # fmt: skip
    """Runs one dbt command on the project for this site; `target`: where dbt writes what it made.

    Raises TransientError, TerminalError.
    """
    from dbt.cli.main import dbtRunner

    began = time.monotonic()
    folder = site.paths.warehouse.parent
    folder.mkdir(parents=True, exist_ok=True)
    words = [
        "--project-dir", str(project), "--profiles-dir", str(DBT_PROJECT), "--log-path", str(site.paths.logs / "dbt"),
        "--log-level", "warn", "--no-use-colors", "--target-path",
    ]  # fmt: skip
    with environment(site):
        with _let_go():
            parse = ["parse", "--no-write-json", *words, str(folder / "dbt")]
            parsed = None if warns(command) else parsed_project(project, lambda: _manifest(parse))
        with _let_go():
            done = dbtRunner(parsed).invoke([*command, *words, str(target or folder / "dbt")])
    failures = list(_failures(done.result))
    if done.exception is not None and not failures:
        _raise(done.exception)
    if any("Could not set lock on file" in failure for failure in failures):
        raise TransientError(f"the warehouse is busy: {failures[0]}")
    models = len(getattr(done.result, "results", ()))
    return BuildResult(bool(done.success) and not failures, models, failures, round(time.monotonic() - began, 2))


def _manifest(parse: list[str]) -> Any:
    """What dbt parsed; None where it could not."""
    from dbt.cli.main import dbtRunner

    done = dbtRunner().invoke(parse)
    return done.result if done.success else None


@contextmanager
def environment(site: Site) -> Iterator[None]:
    """What profiles.yml and the macros read by `env_var`, while dbt runs."""
    settings = site.settings
    values = {
        "BRUK_WAREHOUSE": str(site.paths.warehouse),
        "BRUK_INPUTS": str(site.paths.inputs),
        "BRUK_LANDING": str(site.paths.landing),
        "BRUK_TIME_ZONE": site.file.time_zone,
        "BRUK_WAREHOUSE_THREADS": str(settings.warehouse_threads),
        "BRUK_WAREHOUSE_MEMORY": settings.warehouse_memory,
        "DO_NOT_TRACK": "1",
    }
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextmanager
def _let_go() -> Iterator[None]:
    """At last closes dbt's connection, so that the next process, or this one, may open the warehouse; and its log."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt_common.events.event_manager_client import cleanup_event_logger, get_event_manager

    try:
        yield
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
        for logger in get_event_manager().loggers:
            for handler in getattr(getattr(logger, "_python_logger", None), "handlers", ()):
                handler.close()
        cleanup_event_logger()


def _failures(result: Any) -> Iterator[str]:
    """A test that only warns counts too: dbt judges structure; what may only warn is the gate's."""
    for item in getattr(result, "results", None) or ():
        if str(item.status) in ("error", "fail", "runtime error", "warn"):
            yield f"{item.node.name}: {_message(item)}"


def _message(item: Any) -> str:
    """On one line; but the difference between a worked example and its model is a table, and stays one."""
    text = str(item.message)
    return text.strip() if item.node.resource_type == "unit_test" else " ".join(text.split())


def _raise(problem: BaseException) -> None:
    text = " ".join(str(problem).split())
    if "lock on file" in text:
        raise TransientError(f"the warehouse is busy: {text}") from problem
    raise TerminalError(f"dbt: {text}") from problem
