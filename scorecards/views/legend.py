"""The page of words and signs: every status, state and sign with what it means."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.voice import Voice

_STATUSES = ("ahead", "on_track", "at_risk", "behind", "not_assessable", "no_target", "followed", "not_measured")
_REASONS = ("no_data", "too_few", "low_coverage", "no_denominator")
_WORDS = (
    "baseline",
    "milestone",
    "target",
    "expected",
    "level",
    "n",
    "coverage",
    "freshness",
    "oee",
    "open",
    "edition",
)


@dataclass(frozen=True)
class Term:
    word: str
    meaning: str
    code: str = ""


@dataclass(frozen=True)
class LegendPage:
    statuses: list[Term]
    reasons: list[Term]
    qualities: list[Term]
    words: list[Term]


def legend_page(_edition: Edition, voice: Voice, _: Page) -> LegendPage:
    """The legend."""
    return LegendPage(
        statuses=[Term(voice(f"status.{code}"), voice(f"status.{code}.meaning"), code) for code in _STATUSES],
        reasons=[Term(voice(f"guide.reason.{code}"), voice(f"guide.reason.{code}.meaning")) for code in _REASONS],
        qualities=[
            Term(voice(f"quality.{code}"), voice(f"quality.{code}.meaning"), code)
            for code in ("passed", "warned", "unjudged")
        ],
        words=[Term(voice(f"guide.{word}"), voice(f"guide.{word}.meaning")) for word in _WORDS],
    )
