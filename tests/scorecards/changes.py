"""Changes one thing of an edition, anywhere in it, as a strategy of hypothesis."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from scorecards.edition import Edition
from scorecards.records import Words

#: What is no data: who looks at it, and what was made of it.
_NOT_DATA = ("audience", "made")


@st.composite
def changed(draw: DrawFn, edition: Edition) -> Edition:
    """The edition with one number, word or day other, or one row, or all rows of a key, not there."""
    names = [field.name for field in fields(edition) if field.name not in _NOT_DATA and getattr(edition, field.name)]
    name = draw(st.sampled_from(names))
    return replace(edition, **{name: _other(draw, getattr(edition, name))}, made={})


def _other(draw: DrawFn, thing: Any) -> Any:
    if isinstance(thing, Words):
        return Words(f"{thing.sv} igen", f"{thing.en} again")
    if hasattr(thing, "_replace"):
        return thing._replace(**_field(draw, thing, thing._fields))
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **_field(draw, thing, [field.name for field in fields(thing)]))
    if isinstance(thing, dict):
        return _in_dict(draw, thing)
    if isinstance(thing, list | tuple):
        return type(thing)(_in_list(draw, list(thing)))
    return _leaf(thing)


def _field(draw: DrawFn, thing: Any, names: Any) -> dict[str, Any]:
    name = draw(st.sampled_from(list(names)))
    return {name: _other(draw, getattr(thing, name))}


def _in_dict(draw: DrawFn, thing: dict[Any, Any]) -> dict[Any, Any]:
    if not thing:
        return thing
    key = draw(st.sampled_from(list(thing)))
    if draw(st.booleans()):
        return {other: value for other, value in thing.items() if other != key}
    return thing | {key: _other(draw, thing[key])}


def _in_list(draw: DrawFn, thing: list[Any]) -> list[Any]:
    if not thing:
        return thing
    at = draw(st.integers(0, len(thing) - 1))
    if draw(st.booleans()):
        return [*thing[:at], *thing[at + 1 :]]
    return [*thing[:at], _other(draw, thing[at]), *thing[at + 1 :]]


def _leaf(thing: Any) -> Any:
    """Another value of the same type; what has none stays."""
    if isinstance(thing, bool):
        return not thing
    if isinstance(thing, datetime | date):
        return thing + timedelta(days=1)
    if isinstance(thing, str):
        return f"{thing}x"
    return thing if thing is None or not isinstance(thing, int | float) else thing + 1
