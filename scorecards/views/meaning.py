"""What an indicator means, in words: how it is measured, whom it protects, and as which ERDF codes it is known."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.programme_records import ErdfCode, IndicatorCode
from scorecards.records import Indicator
from scorecards.voice import Voice


@dataclass(frozen=True)
class Code:
    """An ERDF code in the words of its list; `remark` where the pair or the wording is not verified."""

    code: str
    list: str
    since: str
    name: str
    unit: str
    relation: str
    remark: str


def measured_as(edition: Edition, voice: Voice, indicator: Indicator) -> str:
    """How the number is made, and over which time: `antal olika ärenden sedan programstart`."""
    names = {item.metric_id: item.name for item in edition.metrics} | edition.counted
    of = [voice.of(names[name]) if name in names else name for name in indicator.measured_of]
    said = voice(f"how.{indicator.how}", **dict(zip("abcd", of, strict=False)))
    return said if indicator.how == "own" else f"{said} {voice(f'over.{indicator.over}')}"


def protection(voice: Voice, indicator: Indicator) -> str:
    """Whom the threshold protects."""
    return voice(f"protects.{indicator.protects}", n=indicator.n_min)


def codes_of(edition: Edition, voice: Voice, indicator: Indicator) -> list[Code]:
    """The codes of an indicator, those of the newest list first, with the wording that holds on the day."""
    pairs = [row for row in edition.indicator_codes if row.indicator_id == indicator.indicator_id]
    pairs.sort(key=lambda row: (row.code_list, row.code), reverse=True)
    return [_code(voice, row, wording) for row in pairs if (wording := _wording(edition, row)) is not None]


def _wording(edition: Edition, pair: IndicatorCode) -> ErdfCode | None:
    """The newest that had begun when the edition was made; before any began, the first."""
    known = [row for row in edition.erdf_codes if (row.code_list, row.code) == (pair.code_list, pair.code)]
    known.sort(key=lambda row: row.valid_from)
    day = edition.manifest.as_of_day
    begun = [row for row in known if day is None or row.valid_from <= day]
    return begun[-1] if begun else known[0] if known else None


def _code(voice: Voice, pair: IndicatorCode, wording: ErdfCode) -> Code:
    return Code(
        code=pair.code,
        list=pair.code_list.replace("-", "–"),
        since=voice.short_day(wording.valid_from),
        name=voice.of(wording.name),
        unit=voice.of(wording.unit),
        relation=voice(f"code.relation.{pair.relation}"),
        remark=voice("code.unverified") if pair.unverified or wording.unverified else "",
    )
