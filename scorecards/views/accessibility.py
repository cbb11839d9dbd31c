"""The accessibility statement (tillgänglighetsredogörelse), with the headings of the template of Digg."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scorecards.edition import Edition
from scorecards.links import Page
from scorecards.views.contact import Contact, contact
from scorecards.voice import Voice

#: The day on which a person last walked through the pages by keyboard, enlarged, and with a screen reader's view.
REVIEWED = date(2026, 11, 26)
_TESTED = ("automatic", "widths", "keyboard", "print")
_LACKING = ("charts", "tables", "names", "docs")


@dataclass(frozen=True)
class AccessibilityPage:
    publisher: str
    contact: Contact | None
    reviewed: str
    tested: list[str]
    lacking: list[str]


def accessibility_page(edition: Edition, voice: Voice, _: Page) -> AccessibilityPage:
    """What is accessible, what is not, how that was found out, and whom to tell."""
    return AccessibilityPage(
        voice.of(edition.manifest.site),
        contact(edition, voice),
        voice.day(REVIEWED),
        [voice(f"accessibility.tested.{name}") for name in _TESTED],
        [
            voice(f"accessibility.lacking.{name}")
            for name in _LACKING
            if name != "docs" or edition.audience == "confidential"
        ],
    )
