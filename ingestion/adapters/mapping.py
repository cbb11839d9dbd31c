"""Compiles the mapping language of a source, once: emits → functions from an arrival to a row.

An origin gives a raw value (None: absent), `map` and `scale` change it, the stream's type reads it. An empty text is an
absent one, but for a number in JSON. What is absent is E_TIME for the event time, E_REQUIRED for another required
field, else empty.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from contracts.sources import Emit, FieldFrom, Source, When
from contracts.streams import Property, Stream
from ingestion.adapters.outcome import Row
from ingestion.rejection import Rejection, as_ascii, as_json, shown
from ingestion.validation.names import is_name
from ingestion.validation.periods import read_period
from ingestion.validation.personal import holds_personal_number, is_pseudonym
from ingestion.validation.times import TimeReader, read_date, read_wall_day
from ingestion.validation.values import FROM_JSON, PLAIN, Read, table_readers


@dataclass(slots=True)
class Arrival:
    """One message or record while it is decoded. `received` is UTC; `hint` is set when a row took its time from it.

    `later`: whether its stamp, if the clock showed it twice, is the second; None: nobody knows.
    """

    data: dict[str, Any]
    levels: dict[str, str]
    received: datetime
    equipment: str | None = None
    flags: list[str] = field(default_factory=list)
    hint: bool = False
    later: bool | None = None


Origin = Callable[[Arrival], Any]
_SLOT = re.compile(r"\{(topic|path|column)\.([^}]+)\}")


@dataclass(frozen=True, slots=True)
class _Field:
    """One mapped column: where from, how read, and what to call it in a reason."""

    name: str
    label: str
    origin: Origin
    read: Callable[[Any, Arrival], Any]
    absent: Rejection | None
    blank: bool  # whether an empty text is an absent one: not where JSON must have a number


class RowMaker:
    """One emit, compiled."""

    def __init__(self, emit: Emit, stream: Stream, source: Source, times: TimeReader) -> None:
        self.stream, self._when, self._unless = stream.id, _condition(emit.when), _condition(emit.unless)
        self._empty = {item.name: None for item in stream.properties}
        self._of_equipment = stream.of_equipment and "equipment" not in emit.fields
        self._time, self._day = stream.event_time, stream.by_name[stream.event_time].logicalType == "date"
        typed = source.format.adapter in ("json", "json_records")
        readers = FROM_JSON if typed else table_readers(source.format.table or PLAIN)
        # A personal number first: no reason that another field gives may lead to its being kept or shown.
        order = sorted(emit.fields.items(), key=lambda item: not stream.by_name[item[0]].custom("personal"))
        self._fields = [_compile(name, origin, stream.by_name[name], stream, readers, times) for name, origin in order]

    def make(self, arrival: Arrival) -> Row | Rejection | None:
        """The row; None when the emit's conditions do not hold; the first rejection of a field."""
        if self._when and not self._when(arrival):
            return None
        if self._unless and self._unless(arrival):
            return None
        arrival.flags = []
        values = self._read(self._fields, arrival)
        if isinstance(values, Rejection):
            return values
        day: date = values[self._time] if self._day else values[self._time].date()
        return Row(self.stream, day, values, ",".join(sorted(set(arrival.flags))) or None)

    def fixed(self, arrival: Arrival, but: Collection[str]) -> dict[str, Any] | Rejection:
        """The columns but those named: what the topic and the equipment alone decide, whatever the payload says."""
        return self._read([item for item in self._fields if item.name not in but], arrival)

    def _read(self, fields: list[_Field], arrival: Arrival) -> dict[str, Any] | Rejection:
        """Every column, empty where no field gives it; or the first rejection."""
        values: dict[str, Any] = dict(self._empty)
        if self._of_equipment:
            values["equipment"] = arrival.equipment
        for item in fields:
            value = item.origin(arrival)
            if value is None or (value == "" and item.blank):
                if item.absent:
                    return item.absent
                continue
            value = item.read(value, arrival)
            if value.__class__ is Rejection:
                return value  # type: ignore[no-any-return]  # told by its class, which costs half of isinstance
            values[item.name] = value
        return values


def _compile(
    name: str, origin: FieldFrom, prop: Property, stream: Stream, readers: dict[str, Read], times: TimeReader
) -> _Field:
    label = origin.path or origin.column or name
    is_time = name == stream.event_time
    absent = None
    if is_time:
        absent = Rejection("E_TIME", {"value": "–"})
    elif prop.required:
        absent = Rejection("E_REQUIRED", {"field": label})
    blank = readers is not FROM_JSON or prop.logicalType in ("string", "timestamp", "date")
    read = _reader(name, label, origin, prop, readers, times)
    if is_time and prop.logicalType == "date":  # of other days nothing is judged: a project may end in years to come
        read = _judged_day(read, times)
    return _Field(name, label, _origin(origin), read, absent, blank)


def _judged_day(read: Callable[[Any, Arrival], Any], times: TimeReader) -> Callable[[Any, Arrival], Any]:
    return lambda raw, arrival: times.judge_day(read(raw, arrival), raw, arrival.received)


def _reader(
    name: str, label: str, origin: FieldFrom, prop: Property, readers: dict[str, Read], times: TimeReader
) -> Callable[[Any, Arrival], Any]:
    """From a present raw value to the typed value or a rejection."""
    if prop.logicalType == "timestamp":
        return _time_reader(origin, times)
    if prop.logicalType == "date":
        read_day = _day_reader(origin)
        return lambda raw, arrival: read_day(raw)
    read, scale, words = readers[prop.logicalType], origin.scale, origin.map
    typed: Read = read
    if words is not None:
        typed = _translated(words, read, origin.unmapped == "keep")
    elif scale is not None:
        typed = _scaled(scale, read)
    elif name in ("channel", "equipment"):
        typed = _named(read)
    if prop.custom("personal") == "person":
        typed = _refusing(lambda raw: not is_pseudonym(raw), typed)
    elif prop.custom("personal") == "sole_trader":
        typed = _refusing(holds_personal_number, typed)
    return lambda raw, arrival: typed(raw, label)


def _refusing(is_personal: Callable[[Any], bool], read: Read) -> Read:
    """Reads what names no person; of what does nothing is said but where it stood."""

    def typed(raw: Any, label: str) -> Any:
        return Rejection("E_PERSONAL", {"field": label}) if is_personal(raw) else read(raw, label)

    return typed


def _time_reader(origin: FieldFrom, times: TimeReader) -> Callable[[Any, Arrival], Any]:
    if origin.received:

        def receive_time(raw: Any, arrival: Arrival) -> Any:
            arrival.hint = True
            return raw

        return receive_time
    unit, form, edge = origin.unit or "rfc3339", origin.format, origin.edge

    def read(raw: Any, arrival: Arrival) -> Any:
        later = arrival.later if edge else None
        found = times.read(raw, unit, form, arrival.received, edge=edge, later=later)
        if isinstance(found, Rejection):
            return found
        if found[1]:
            arrival.flags.append(found[1])
        return found[0]

    return read


def _day_reader(origin: FieldFrom) -> Callable[[Any], Any]:
    """From a raw value to a day: as it is written, or the first or last one of the period that it names."""
    period = origin.first_of or origin.last_of
    if period:
        return lambda raw: read_period(raw, period, last=origin.last_of is not None)
    if origin.unit == "local" and origin.format is None:
        return read_wall_day
    return lambda raw: read_date(raw, origin.format)


def _translated(words: dict[str, str], read: Read, keep: bool = False) -> Read:
    expected = shown(" | ".join(words))

    def typed(raw: Any, label: str) -> Any:
        word = words.get(_word(raw), raw if keep else None)
        if word is None:
            return Rejection("E_TYPE", {"field": label, "value": as_json(raw), "expected": expected})
        return read(word, label)

    return typed


def _scaled(scale: float, read: Read) -> Read:
    def typed(raw: Any, label: str) -> Any:
        value = read(raw, label)
        if not isinstance(value, float):
            return value
        value *= scale
        return value if math.isfinite(value) else Rejection("E_RANGE", {"field": label})

    return typed


def _named(read: Read) -> Read:
    def typed(raw: Any, label: str) -> Any:
        value = read(raw, label)
        if isinstance(value, str) and not is_name(value):
            return Rejection("E_NAME", {"value": as_ascii(value)})
        return value

    return typed


def _word(raw: Any) -> str:
    """A value as the word that a map or a condition names: true and false as JSON writes them."""
    return {True: "true", False: "false"}[raw] if isinstance(raw, bool) else str(raw)


def _origin(origin: FieldFrom) -> Origin:
    """Where the raw value comes from; a word that says that there is none gives none."""
    if origin.empty:
        given, none = _origin(origin.model_copy(update={"empty": []})), frozenset(origin.empty)

        def unless_empty(arrival: Arrival) -> Any:
            value = given(arrival)
            return None if value is not None and _word(value) in none else value

        return unless_empty
    if origin.path is not None:
        return _path(origin.path)
    if origin.column is not None:
        column = origin.column
        return lambda arrival: arrival.data.get(column)
    if origin.topic is not None:
        level = origin.topic
        return lambda arrival: arrival.levels.get(level)
    if origin.template is not None:
        return _template(origin.template)
    if origin.received:
        return lambda arrival: arrival.received
    const = origin.const
    return lambda arrival: const


def _path(dotted: str) -> Origin:
    steps = dotted.split(".")
    if len(steps) == 1:
        return lambda arrival: arrival.data.get(dotted)

    def walk(arrival: Arrival) -> Any:
        value: Any = arrival.data
        for step in steps:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    return walk


def _template(text: str) -> Origin:
    """Literal text with `{topic.level}`, `{path.a.b}`, `{column.name}`; absent as soon as one of its parts is."""
    parts = _SLOT.split(text)
    literals, slots = parts[::3], []
    for kind, name in zip(parts[1::3], parts[2::3], strict=True):
        slots.append(_origin(FieldFrom.model_validate({kind: name})))

    def build(arrival: Arrival) -> str | None:
        out = [literals[0]]
        for slot, literal in zip(slots, literals[1:], strict=True):
            value = slot(arrival)
            if value is None:
                return None
            out += [_word(value), literal]
        return "".join(out)

    return build


def _condition(when: When | None) -> Callable[[Arrival], bool] | None:
    if when is None:
        return None
    origin = _origin(FieldFrom(path=when.path, column=when.column))
    words = frozenset(when.one_of) if when.one_of is not None else None

    def holds(arrival: Arrival) -> bool:
        value = origin(arrival)
        if value is None or value == "":
            return False
        return words is None or _word(value) in words

    return holds


class Maker(Protocol):
    """What makes one row of an arrival: by the mapping of a source, or by the layout of a sheet."""

    def make(self, arrival: Arrival) -> Row | Rejection | None:
        """The row, or why not; None where there is none to make."""
        ...


def make_rows(makers: Sequence[Maker], arrival: Arrival) -> list[Row] | Rejection:
    """Every row of one arrival; one rejected row rejects the whole arrival, so that it has exactly one outcome."""
    rows: list[Row] = []
    for maker in makers:
        row = maker.make(arrival)
        if row is None:
            continue
        if isinstance(row, Rejection):
            return row
        rows.append(row)
    return rows
