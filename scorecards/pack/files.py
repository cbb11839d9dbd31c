"""Which files a report pack has, and where they lie below the pages."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import PROGRAMME
from scorecards.facts import Scope

#: The folder of the pack below the root of the pages.
FOLDER = "paket"


@dataclass(frozen=True)
class PackFile:
    """One file of the pack: its path below the pack's folder, its name for readers, its kind (pdf, xlsx, csv)."""

    lang: str
    path: str
    name: str
    kind: str
    scope: Scope | None = None
    is_claim: bool = False


def sheet_path(lang: str, scope: Scope) -> str:
    """Where the sheet of the programme or of a pilot lies, below the pack's folder."""
    stem = {"sv": "styrkort", "en": "scorecard"}[lang]
    about = {"sv": "programmet", "en": "programme"}[lang] if scope == PROGRAMME else scope[1]
    return f"{lang}/{stem}-{about}.pdf"
