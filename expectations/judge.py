"""The two steps of the gate: judge the streams (never blocks), judge the marts (blocks); both keep their verdicts."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from contracts.errors import StateError
from contracts.site import Site
from expectations.engine import Finding, judge
from expectations.frames import open_frames
from expectations.marts import judge_tables
from expectations.suites import StreamCheck, suites
from expectations.verdicts import Verdict, keep

if TYPE_CHECKING:
    import pandas as pd

SUMMARY = "select * from core.sum_stream_quality order by stream, equipment, event_date"


def judge_streams(site: Site, refresh_id: str) -> list[Verdict]:
    """Verdicts on every stream, machine and UTC day that the warehouse holds; also written to the refresh's file.

    One verdict for each check over all days, one for each (machine, day) that broke a check, and one `passed` for
    each (machine, day) that broke none. When a check itself is broken no day of its stream is called passed: the days
    are `broken` too, so that a number which stands on them is called unjudged.
    """
    verdicts: list[Verdict] = []
    promised = suites(site.streams.values())
    try:
        with open_frames(site.paths.warehouse) as frames:
            summary = frames.frame(SUMMARY)
    except StateError as error:
        broken = Finding("broken", note=str(error))
        verdicts = [_whole(check, broken) for checks in promised.values() for check in checks]
    else:
        for stream, checks in promised.items():
            verdicts += stream_verdicts(stream, checks, summary[summary["stream"] == stream].reset_index(drop=True))
    keep(site.paths.verdicts, refresh_id, "stream", verdicts)
    return verdicts


def judge_marts(site: Site, refresh_id: str) -> list[Verdict]:
    """Verdicts on structure, reconciliation and logical limits of the marts; any that is not `passed` blocks."""
    with open_frames(site.paths.warehouse) as frames:
        verdicts = judge_tables(site, frames)
    keep(site.paths.verdicts, refresh_id, "mart", verdicts)
    return verdicts


def stream_verdicts(stream: str, checks: list[StreamCheck], summary: pd.DataFrame) -> list[Verdict]:
    """The verdicts of one stream from its rows of the summary (one row per machine and day)."""
    findings = judge(summary, [check.limit for check in checks], index=("equipment", "event_date"))
    verdicts: list[Verdict] = []
    failed: set[tuple[str | None, date]] = set()
    for check in checks:
        finding = findings[check.check_id]
        verdicts.append(_whole(check, finding))
        for row in finding.rows:
            verdict = _day(check, row)
            verdicts.append(verdict)
            if verdict.event_date:
                failed.add((verdict.equipment, verdict.event_date))
    whole = all(finding.state != "broken" for finding in findings.values())
    return verdicts + _other_days(stream, summary, failed, "passed" if whole else "broken")


def _whole(check: StreamCheck, finding: Finding) -> Verdict:
    return Verdict(
        check.check_id,
        "stream",
        check.stream,
        finding.state,
        check.description_sv,
        check.description_en,
        check.expected,
        observed=None if finding.state == "broken" else float(len(finding.rows)),
        element_count=finding.element_count,
        note=finding.note,
    )


def _day(check: StreamCheck, row: dict[str, Any]) -> Verdict:
    return Verdict(
        check.check_id,
        "stream",
        check.stream,
        "failed",
        check.description_sv,
        check.description_en,
        check.expected,
        observed=float(row[check.column]),
        equipment=_name(row["equipment"]),
        event_date=_date(row["event_date"]),
        element_count=1,
    )


def _other_days(
    stream: str, summary: pd.DataFrame, failed: set[tuple[str | None, date]], state: Literal["passed", "broken"]
) -> list[Verdict]:
    days = zip(summary["equipment"], summary["event_date"], summary["row_count"], strict=True)
    return [
        Verdict(
            stream,
            "stream",
            stream,
            state,
            "Alla kontroller av strömmen den dagen.",
            "Every check of the stream on that day.",
            "0",
            equipment=_name(equipment),
            event_date=_date(day),
            element_count=int(rows),
        )
        for equipment, day, rows in days
        if (_name(equipment), _date(day)) not in failed
    ]


def _name(value: Any) -> str | None:
    """An equipment id, or None: pandas has several ways of having none."""
    return value if isinstance(value, str) else None


def _date(value: Any) -> date:
    """The day of a pandas timestamp, or a date as it is."""
    return value.date() if isinstance(value, datetime) else date.fromisoformat(str(value))
