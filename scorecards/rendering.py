"""The door to Jinja: the templates of pages and sheets in one language, everything escaped."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scorecards.svg.marks import status_mark
from scorecards.voice import Voice

TEMPLATES = Path(__file__).with_name("templates")
_ENVIRONMENTS: dict[Voice, Environment] = {}


def environment(voice: Voice) -> Environment:
    """The templates in one language, compiled once; a value that one does not get stops it."""
    if voice not in _ENVIRONMENTS:
        _ENVIRONMENTS[voice] = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        _ENVIRONMENTS[voice].globals["t"] = voice
        _ENVIRONMENTS[voice].filters["mark"] = status_mark
    return _ENVIRONMENTS[voice]
