"""The door to Jinja: the templates of pages and sheets, compiled once for each language, everything escaped."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from scorecards.quoting import quoting
from scorecards.svg.marks import status_mark
from scorecards.voice import Voice

TEMPLATES = Path(__file__).with_name("templates")


def template(name: str, voice: Voice) -> Template:
    """The template of that name, speaking with `voice`; a value that it does not get stops it."""
    return _environment(voice).get_template(name)


@cache
def _environment(voice: Voice) -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, auto_reload=False,
    )  # fmt: skip
    made.globals["t"] = voice
    made.filters["mark"] = status_mark
    made.filters["quoting"] = partial(quoting, lang=voice.lang)
    return made
