"""The fast judge's reading: decodes many payloads of one rule at once, may only accept, and never says what is wrong.

A rule is compiled to a msgspec type that is as strict as the exact judge on everything but repeated keys, escapes and
numbers that round to 0; one count over all payloads shows whether any of these may be there. Times are read by Arrow,
after a pattern that lets no time pass which does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, compress
from typing import Annotated, Any, Literal, NamedTuple

import msgspec
import pyarrow as pa
import pyarrow.compute as pc
from msgspec.structs import astuple

from contracts.sources import Emit, FieldFrom, Message, Source
from contracts.streams import Stream
from ingestion.validation.strict_json import MAX_BYTES, MAX_INTEGER

TIMESTAMP = pa.timestamp("us", "UTC")
#: unit → (multiplier, divisor) to microseconds.
_MICROSECONDS = {"s": (1_000_000, 1), "ms": (1_000, 1), "us": (1, 1), "ns": (1, 1_000)}
#: RFC 3339 in UTC with at most microseconds, of days that surely exist: 29 February is left to the exact judge.
_PLAIN_TIME = (
    r"^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?Z$"
)
#: Fields by which our own envelope names its sender again: the exact judge compares them.
_SENDER = {"boot", "seq", "device"}
#: The field by which our own envelope may state the unit.
UNIT = "u"


Kind = Literal["rfc3339", "epoch", "number", "text", "unit"]


class Field(NamedTuple):
    """One field that a payload must or may have. A number must be there as one; an empty text is an absent one."""

    path: str
    kind: Kind
    required: bool

    @property
    def type(self) -> Any:
        """What msgspec accepts for it."""
        kinds = {
            "rfc3339": Annotated[str, msgspec.Meta(min_length=20, max_length=27)],
            "epoch": Annotated[int, msgspec.Meta(gt=0, lt=2**62)],
            "number": Annotated[float, msgspec.Meta(gt=-MAX_INTEGER, lt=MAX_INTEGER)],
            "text": Annotated[str, msgspec.Meta(min_length=1)] if self.required else str,
            "unit": Annotated[str, msgspec.Meta(min_length=1)],
        }
        return kinds[self.kind] if self.required else kinds[self.kind] | None

    @property
    def quotes(self) -> int:
        """How many quotation marks it has where it is present: those of its key, and those of a text."""
        return 2 if self.kind in ("epoch", "number") else 4


@dataclass(frozen=True, slots=True)
class BulkEmit:
    """One row of a rule: column → path and scale, and the columns that the topic alone decides."""

    emit: Emit
    variables: dict[str, tuple[str, float | None]]
    when: str | None


class Accepted(NamedTuple):
    """What was accepted of some payloads: their places in order, and columns as long as these. Times in UTC."""

    places: list[int]
    columns: dict[str, pa.Array]  # by path
    observed: pa.Array
    received: pa.Array

    def only(self, chosen: pa.Array) -> Accepted | None:
        """Those at the places `chosen` of these; None where there are none."""
        if not len(chosen):
            return None
        return self.take(chosen)

    def take(self, chosen: pa.Array) -> Accepted:
        """Those at the places `chosen` of these."""
        columns = {path: column.take(chosen) for path, column in self.columns.items()}
        places = [self.places[place] for place in chosen.to_pylist()]
        return Accepted(places, columns, self.observed.take(chosen), self.received.take(chosen))


class BulkRule:
    """One rule, compiled. `emits` are its rows."""

    def __init__(self, source: Source, emits: list[BulkEmit], time: FieldFrom, fields: list[Field]) -> None:
        self.emits, self.time, self._unit = emits, time.path or "", time.unit or "rfc3339"
        self.states_unit = any(field.kind == "unit" for field in fields)
        self._fields = sorted(fields, key=lambda field: not field.required)  # what has a default comes last
        oldest = source.time.oldest
        self._oldest = pa.scalar(datetime(oldest.year, oldest.month, oldest.day, tzinfo=UTC), TIMESTAMP)
        self._ahead = pa.scalar(source.time.max_future_s * 1_000_000, pa.duration("us"))
        self._decode = _decoder(self._fields)

    def accept(self, payloads: Sequence[bytes], received: pa.Array) -> Accepted | None:
        """The payloads that surely are right, received at those instants; None: not one of them."""
        places, columns = self._read(payloads)
        if not places:
            return None
        arrays = {field.path: _array(field, column) for field, column in zip(self._fields, columns, strict=True)}
        came = received if len(places) == len(payloads) else received.take(pa.array(places))
        observed, right = self._instants(arrays[self.time], came)
        found = Accepted(places, arrays, observed, came)
        return found if pc.all(right).as_py() else found.only(pc.indices_nonzero(right))

    def _read(self, payloads: Sequence[bytes]) -> tuple[list[int], list[list[Any]]]:
        """Places of the payloads whose form is right, and their columns."""
        values: list[Any] = []  # of one payload after the other: a third less time than a tuple of each
        refused: list[int] = []
        left, width = iter(payloads), len(self._fields)
        while True:
            try:  # what came before one that raises stays
                values.extend(chain.from_iterable(map(astuple, map(self._decode, left))))
                break
            except (msgspec.MsgspecError, UnicodeDecodeError):
                refused.append(len(values) // width + len(refused))
        places, read = list(range(len(payloads))), payloads
        if refused:
            right = bytearray(b"\1") * len(payloads)
            for place in refused:
                right[place] = 0
            places, read = list(compress(places, right)), list(compress(payloads, right))
        columns = [values[each::width] for each in range(width)]
        if read and not self._surely_plain(read, columns):
            plain = [self._plain(*each) for each in zip(read, zip(*columns, strict=True), strict=True)]
            places, columns = list(compress(places, plain)), [list(compress(each, plain)) for each in columns]
        return places, columns

    def _surely_plain(self, payloads: Sequence[bytes], columns: list[list[Any]]) -> bool:
        """Whether `_plain` holds for all. Each has at least the quotes of its fields, so their sum tells of each."""
        whole = b"".join(payloads)
        quotes, zero = 0, False
        for field, column in zip(self._fields, columns, strict=True):
            quotes += field.quotes * (len(column) - (0 if field.required else column.count(None)))
            zero = zero or (field.kind == "number" and 0.0 in column)
        tiny = zero and (b"e-" in whole or b"E-" in whole)
        sized = max(map(len, payloads)) <= MAX_BYTES
        return sized and not tiny and b"\\" not in whole and whole.count(b'"') == quotes

    def _plain(self, payload: bytes, values: tuple[Any, ...]) -> bool:
        """Whether no key is repeated, nothing is escaped, no number was rounded to 0, and the size is allowed."""
        quotes = sum(f.quotes for f, value in zip(self._fields, values, strict=True) if value is not None)
        tiny = 0.0 in values and b"e-" in payload.lower()
        return not tiny and b"\\" not in payload and payload.count(b'"') == quotes and len(payload) <= MAX_BYTES

    def _instants(self, raw: pa.Array, came: pa.Array) -> tuple[pa.Array, pa.Array]:
        """The event times, and which of them are right."""
        if self._unit == "rfc3339":
            written = pc.match_substring_regex(raw, _PLAIN_TIME)
            text = raw if pc.all(written).as_py() else pc.if_else(written, raw, None)
            instants = text.cast(TIMESTAMP)
        else:
            times, parts = _MICROSECONDS[self._unit]
            beyond = pc.greater(raw, (2**62) // times)
            whole = pc.if_else(beyond, None, raw) if pc.any(beyond).as_py() else raw
            instants = pc.divide(pc.multiply(whole, times), parts).cast(TIMESTAMP)
        right = pc.and_(pc.greater_equal(instants, self._oldest), pc.less_equal(instants, pc.add(came, self._ahead)))
        return instants, pc.fill_null(right, False)


def compile_rule(source: Source, message: Message, streams: dict[str, Stream]) -> BulkRule | None:
    """The rule for many messages at once; None where it asks for what only the exact judge does."""
    fields: dict[str, Field] = {}
    times: dict[str, FieldFrom] = {}
    emits = [_compile_emit(emit, streams[emit.stream], fields, times) for emit in message.emit]
    own = source.equipment is not None and source.equipment.topic_path
    if message.payload != "json" or not emits or None in emits or len(times) != 1:
        return None
    if own:
        if fields.keys() & {*_SENDER, UNIT}:
            return None
        fields[UNIT] = Field(UNIT, "unit", required=False)
    return BulkRule(source, [emit for emit in emits if emit], next(iter(times.values())), list(fields.values()))


def _compile_emit(emit: Emit, stream: Stream, fields: dict[str, Field], times: dict[str, FieldFrom]) -> BulkEmit | None:
    """The emit, its fields added to those of the rule; None where it is beyond the fast judge."""
    if emit.unless or (emit.when and (emit.when.one_of is not None or not _simple(emit.when.path))):
        return None
    when = emit.when.path if emit.when else None
    variables: dict[str, tuple[str, float | None]] = {}
    for name, origin in emit.fields.items():
        prop = stream.by_name[name]
        if origin.path is None:
            if origin.column is not None or origin.received or "{path." in (origin.template or ""):
                return None
            continue
        timed = name == stream.event_time
        kind = _kind(origin, prop.logicalType, timed=timed)
        if kind is None or not _simple(origin.path) or prop.custom("personal") or name in ("channel", "equipment"):
            return None
        field = Field(origin.path, kind, (timed or prop.required) and origin.path != when)
        known = fields.setdefault(origin.path, field)
        if known.kind != kind:
            return None
        fields[origin.path] = field if field.required or not known.required else known
        if timed:
            times[repr(origin)] = origin
        variables[name] = origin.path, origin.scale
    return BulkEmit(emit, variables, when) if when is None or when in fields else None


def _simple(path: str | None) -> bool:
    return path is not None and "." not in path


def _kind(origin: FieldFrom, logical: str, *, timed: bool) -> Kind | None:
    if origin.map is not None or origin.edge is not None:
        return None
    if timed and logical == "timestamp":
        unit = origin.unit or "rfc3339"
        return "rfc3339" if unit == "rfc3339" else "epoch" if unit in _MICROSECONDS else None
    kinds: dict[str, Kind] = {"number": "number", "string": "text"}
    return kinds.get(logical) if not timed and origin.unit is None else None


def _decoder(fields: list[Field]) -> Callable[[bytes], msgspec.Struct]:
    names = {f"f{place}": field.path for place, field in enumerate(fields)}
    members = [
        (f"f{place}", field.type) if field.required else (f"f{place}", field.type, None)
        for place, field in enumerate(fields)
    ]
    struct = msgspec.defstruct("Payload", members, rename=names, forbid_unknown_fields=True, gc=False)
    return msgspec.json.Decoder(struct).decode


def _array(field: Field, values: list[Any]) -> pa.Array:
    if field.kind == "epoch":
        return pa.array(values, pa.int64())
    if field.kind == "number":
        return pc.add(pa.array(values, pa.float64()), 0.0)  # -0.0 becomes 0.0
    return pa.array([value or None for value in values] if "" in values else values, pa.string())
