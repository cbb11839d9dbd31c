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
    if not limits:
        return {}
    with _quiet():
        try:
            results = _validate(frame, limits, index)
        except Exception as error:  # noqa: BLE001 - whatever broke, it is the check and not the data
            results, failure = [], f"{type(error).__name__}: {error}"
        else:
            failure = "no result"
    findings = {result.expectation_config.meta["check_id"]: _finding(result) for result in results}
    return {limit.check_id: findings.get(limit.check_id, Finding("broken", note=failure)) for limit in limits}


def _validate(frame: pd.DataFrame, limits: Sequence[Limit], index: Sequence[str]) -> list[Any]:
    import great_expectations as gx
    from great_expectations.expectations.core.expect_column_values_to_be_between import ExpectColumnValuesToBeBetween
    from great_expectations.expectations.metadata_types import FailureSeverity

    source = _source()  # first: a suite asks for the context that this makes
    suite = gx.ExpectationSuite(name="gate")
    for limit in limits:
        expectation = ExpectColumnValuesToBeBetween(
            column=limit.column, min_value=limit.minimum, max_value=limit.maximum,
            severity=FailureSeverity(limit.severity), meta={"check_id": limit.check_id},
        )  # fmt: skip
        suite.add_expectation(expectation)
    name = f"frame_{os.urandom(6).hex()}"
    whole = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
    batch = whole.get_batch(batch_parameters={"dataframe": frame})
    shape: dict[str, Any] = {"result_format": "COMPLETE", "return_unexpected_index_query": False}
    if index:
        shape["unexpected_index_column_names"] = list(index)
    results = list(batch.validate(suite, result_format=shape).results)
    source.delete_asset(name)
    return results


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


def _finding(result: Any) -> Finding:
    if broken := exception_of(result.exception_info):
        return Finding("broken", note=broken)
    details: Mapping[str, Any] = result.result or {}
    count = int(details.get("element_count") or 0)
    if result.success:
        return Finding("passed", count)
    rows = details.get("unexpected_index_list") or []
    return Finding("failed", count, [dict(row) if isinstance(row, Mapping) else {"row": row} for row in rows])


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
