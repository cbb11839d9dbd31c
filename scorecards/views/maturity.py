"""What a testbed says of its own maturity beside what data shows of it: never mixed, never put together."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.programme_records import MaturityEvidence, MaturityLevel
from scorecards.voice import Voice


@dataclass(frozen=True)
class Assessed:
    """The newest level of one dimension, as the testbed or its assessor said."""

    model: str
    dimension: str
    level: str
    first: str
    assessor: str
    day: str


@dataclass(frozen=True)
class Shown:
    """What data shows of one stage in the newest month; `share` empty where it cannot be told."""

    stage: str
    means: str
    measured: str
    share: str


@dataclass(frozen=True)
class Maturity:
    month: str
    assessed: list[Assessed]
    shown: list[Shown]


def maturity(edition: Edition, voice: Voice, testbed: str) -> Maturity:
    """Both sides of one testbed; data by its newest month that is over, or by the only one."""
    levels = [row for row in edition.maturity_levels if row.testbed_id == testbed]
    levels.sort(key=lambda row: (row.model, row.model_version, row.dimension, row.assessor_type))
    rows = [row for row in edition.maturity_evidence if row.testbed_id == testbed]
    months = sorted({row.period_start for row in rows})
    today = edition.manifest.as_of_day
    over = [month for month in months if today is None or (month.year, month.month) < (today.year, today.month)]
    month = (over or months)[-1] if months else None
    newest = sorted((row for row in rows if row.period_start == month), key=lambda row: row.acatech_stage)
    return Maturity(
        voice.month(month) if month else "",
        [_assessed(voice, row) for row in levels],
        [_shown(voice, row) for row in newest],
    )


def _assessed(voice: Voice, row: MaturityLevel) -> Assessed:
    return Assessed(
        model=f"{voice.code('maturity.model', row.model)} {row.model_version}",
        dimension=row.dimension,
        level=str(row.level),
        first="" if row.first_level is None else voice("maturity.first", level=row.first_level),
        assessor=voice.code("maturity.assessor", row.assessor_type),
        day=voice.short_day(row.assessed_on),
    )


def _shown(voice: Voice, row: MaturityEvidence) -> Shown:
    stage = row.acatech_stage
    return Shown(
        stage=voice("maturity.stage", n=stage, name=voice(f"maturity.stage.{stage}")),
        means=voice(f"maturity.means.{stage}"),
        measured=voice(f"maturity.measured.{stage}"),
        share=voice.share(row.share) if row.share is not None else voice("status.not_assessable"),
    )
