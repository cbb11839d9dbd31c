"""Draws the live page, and the two pages that stand in for a scorecard that is not there."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contracts.site import SiteFile
from ingestion.live.status import StatusReport
from ingestion.live.texts import SYMBOLS, Voice

_FOLDER = Path(__file__).parent


class LivePages:
    """The templates of the live page, compiled once. Everything that came from outside is escaped."""

    def __init__(self, file: SiteFile) -> None:
        self._file = file
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self._voices = {lang: Voice(lang, file.time_zone) for lang in ("sv", "en")}

    def live(self, report: StatusReport, lang: str) -> str:
        """The live page in Swedish (`sv`) or English (`en`)."""
        return self._draw("live.html", lang, self._voices[lang]("title"), live=True, report=report, symbols=SYMBOLS)

    def message(self, title: str, text: str, lang: str) -> str:
        """A page that says one thing; `title` and `text` are keys of the texts."""
        voice = self._voices[lang]
        return self._draw("message.html", lang, voice(title), live=False, text=voice(text))

    def _draw(self, template: str, lang: str, title: str, **parts: object) -> str:
        voice = self._voices[lang]
        return self._templates.get_template(template).render(
            t=voice, site=voice.of(self._file.name), demonstration=self._file.profile == "demonstration", title=title,
            **parts,
        )  # fmt: skip
