"""Says what a steering group has to decide, as far as the edition shows it."""

from __future__ import annotations

from collections.abc import Sequence

from scorecards.edition import Edition
from scorecards.facts import Scope
from scorecards.figures import Figure
from scorecards.voice import Voice

_NAMES = 4
_ORDER = ("behind", "at_risk", "passed", "not_assessable")


def decisions(edition: Edition, voice: Voice, scope: Scope, figures: Sequence[Figure]) -> list[str]:
    """Sentences, what is most urgent first: behind plan, at risk, target day passed, data to secure, targets to set."""
    found = [(kind, sentence) for item in figures for kind, sentence in _of(edition, voice, scope, item)]
    ordered = sorted(found, key=lambda pair: _ORDER.index(pair[0]))
    without = [item.name for item in figures if item.status.code == "no_target"]
    sentences = [sentence for _, sentence in ordered]
    return [*sentences, voice("sheet.decision.no_target", names=_some(voice, without))] if without else sentences


def _some(voice: Voice, names: Sequence[str]) -> str:
    """The first of many names, and how many there are besides."""
    shown = ", ".join(names[:_NAMES])
    return f"{shown} {voice('quality.more', n=len(names) - _NAMES)}" if len(names) > _NAMES else shown


def _of(edition: Edition, voice: Voice, scope: Scope, item: Figure) -> list[tuple[str, str]]:
    progress = edition.progress_of(item.indicator_id, scope)
    today = edition.manifest.as_of_day
    if progress and today and progress.target_date < today:
        return [("passed", voice("sheet.decision.passed", name=item.name, day=voice.short_day(progress.target_date)))]
    code = item.status.code
    if code in ("behind", "at_risk"):
        if item.band:
            return [(code, voice("sheet.decision.band", name=item.name, value=item.value, plan=item.target))]
        plan = item.expected
        return [(code, voice(f"sheet.decision.{code}", name=item.name, value=item.value, plan=plan))]
    if code == "not_assessable":
        said = voice("sheet.decision.not_assessable", name=item.name, reason=item.reason.rstrip("."))
        return [(code, said)]
    return []
