"""The one door to Great Expectations: judges limits on the columns of a bounded frame."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # importing pandas costs a second, and only a refresh needs it
    import pandas as pd


#: Columns of the long frame, beside the index.
_CHECK, _VALUE = "check_id", "violating_value"


@dataclass(frozen=True)
class Limit:
    """Every row's `column` lies between `minimum` and `maximum` (None: open). Empty cells are not judged."""

    check_id: str
    column: str
    minimum: float | None
    maximum: float | None
    severity: Literal["warning", "critical"]


@dataclass(frozen=True)
class Finding:
    """What became of one limit. `rows`: the rows beyond it, each the index columns and the limited column."""

    state: Literal["passed", "failed", "broken"]
    element_count: int = 0
    rows: list[dict[str, Any]] = field(default_factory=list)
    note: str = ""


def judge(frame: pd.DataFrame, limits: Sequence[Limit], index: Sequence[str] = ()) -> dict[str, Finding]:
    """A finding for every limit by its check id, evaluated by Great Expectations.

    A limit whose evaluation raised, or that gave no result at all, is `broken`. The frame must be bounded (a row per
    day, or per check): every row beyond a limit comes back.
    """
    findings: dict[str, Finding] = {}
    for alike in _alike(frame, limits):
        with _quiet():
            try:
                findings |= _validate(frame, alike, index)
            except Exception as error:  # noqa: BLE001 - whatever broke, it is the check and not the data
                broken = Finding("broken", note=f"{type(error).__name__}: {error}")
                findings |= {limit.check_id: broken for limit in alike}
    return findings


def _alike(frame: pd.DataFrame, limits: Sequence[Limit]) -> list[list[Limit]]:
    """Limits with the same bounds on columns of numbers; every other limit alone, so that it breaks no neighbour."""
    from pandas.api.types import is_numeric_dtype

    groups: dict[object, list[Limit]] = {}
    for limit in limits:
        number = limit.column in frame and is_numeric_dtype(frame[limit.column])
        key = (limit.minimum, limit.maximum, limit.severity) if number else limit.check_id
        groups.setdefault(key, []).append(limit)
    return list(groups.values())


def _validate(frame: pd.DataFrame, limits: Sequence[Limit], index: Sequence[str]) -> dict[str, Finding]:
    """One expectation for limits that are alike, on one column of all their values: GX costs by the expectation."""
    import great_expectations as gx
    from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
    from great_expectations.expectations.metadata_types import FailureSeverity

    rows = _long(frame, limits, index)
    if frame.empty:
        return {limit.check_id: Finding("passed") for limit in limits}
    source = _source()  # before a suite, which asks for the context that this makes
    first = limits[0]
    expectation = ExpectColumnValuesToBeBetween(
        column=_VALUE, min_value=first.minimum, max_value=first.maximum, severity=FailureSeverity(first.severity)
    )
    name = f"frame_{os.urandom(6).hex()}"
    whole = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
    batch = whole.get_batch(batch_parameters={"dataframe": rows})
    shape = {
        "result_format": "COMPLETE", "return_unexpected_index_query": False,
        "unexpected_index_column_names": [*index, _CHECK],
    }  # fmt: skip
    suite = gx.ExpectationSuite(name="gate", expectations=[expectation])
    (result,) = batch.validate(suite, result_format=shape).results
    source.delete_asset(name)
    return _findings(result, limits, len(frame))


def _long(frame: pd.DataFrame, limits: Sequence[Limit], index: Sequence[str]) -> pd.DataFrame:
    """The rows of each limit below one another: the index columns, the check's id, the value."""
    import pandas as pd

    if missing := sorted({limit.column for limit in limits} - set(frame.columns)):
        raise KeyError(f"the frame has no column {', '.join(missing)}")
    rows = pd.concat([frame[[*index]]] * len(limits), ignore_index=True)
    rows[_CHECK] = [limit.check_id for limit in limits for _ in range(len(frame))]
    rows[_VALUE] = pd.concat([frame[limit.column] for limit in limits], ignore_index=True)
    return rows


@cache
def _source() -> Any:
    """The data source of an in-memory project: made once a process, the import alone costs 5 s."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logging.getLogger("great_expectations").setLevel(logging.WARNING)  # else it talks when Airflow asks for INFO
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig, logger

    logger.setLevel(logging.WARNING)  # GX lowers this one to INFO, to tell of a temporary folder
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context.data_sources.add_pandas("frames")


def _findings(result: Any, limits: Sequence[Limit], count: int) -> dict[str, Finding]:
    """What became of each limit; nobody is called passed unless every one of the rows was looked at."""
    details: Mapping[str, Any] = result.result or {}
    looked_at = int(details.get("element_count") or 0)
    broken = exception_of(result.exception_info)
    if not broken and looked_at != count * len(limits):
        broken = f"{looked_at} of {count * len(limits)} rows were judged"
    beyond: dict[str, list[dict[str, Any]]] = {limit.check_id: [] for limit in limits}
    columns = {limit.check_id: limit.column for limit in limits}
    for found in details.get("unexpected_index_list") or []:
        row = dict(found)
        check = row.pop(_CHECK)
        beyond[check].append({columns[check]: row.pop(_VALUE), **row})
    if not broken and not result.success and not any(beyond.values()):
        broken = "it failed, and named no row"
    if broken:
        return {check: Finding("broken", note=broken) for check in beyond}
    return {check: Finding("failed" if rows else "passed", count, rows) for check, rows in beyond.items()}


def exception_of(info: Mapping[str, Any] | None) -> str:
    """The message when a check raised, else ''. Reads both shapes of GX: flat, and one entry per metric id."""
    if not info:
        return ""
    entries = [info] if "raised_exception" in info else [e for e in info.values() if isinstance(e, Mapping)]
    silent = "raised without a message"
    raised = [str(entry.get("exception_message") or silent) for entry in entries if entry.get("raised_exception")]
    return "; ".join(dict.fromkeys(raised))


def _quiet() -> warnings.catch_warnings[None]:
    # Great Expectations imports sre_constants and calls deprecated pandas: its debts, not ours to raise on.
    return warnings.catch_warnings(action="ignore")
