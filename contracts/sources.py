"""Reads the sources of a site: how something arrives, and how its fields become the fields of streams."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from contracts.documents import Strict, Text
from contracts.formats import Unpivot, Workbook
from contracts.mtconnect import COLUMNS
from contracts.streams import Classification

Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Period = Literal["year", "quarter", "month"]


class FieldFrom(Strict):
    """Where one stream field comes from: exactly one of path, topic, column, const, received.

    `path` is a dotted path into the JSON object, `topic` a named level of the topic, `column` a column of the table.
    `template` combines: "{topic.channel}_actual". `map` translates words (an unmapped word is E_TYPE, or stays as it is
    where `unmapped: keep` says so). `empty` names words that say that there is no value. `scale` multiplies a number
    (unit of the vendor → unit of the registry). `received: true` is the receive time, for the few messages that carry
    no time of their own. `unit`/`format` say how a time is written; a local time needs the source's zone. `edge` reads
    the time as a stamp of the source's series: the start or the end of its interval. `first_of` and `last_of` read a
    day from the period that the value names: 2011, 201104 or 2011K4 (its quarter), 201112 or 2011M12 (its month).
    """

    path: str | None = None
    topic: str | None = None
    column: str | None = None
    const: str | float | bool | None = None
    template: str | None = None
    received: Literal[True] | None = None
    map: dict[str, str] | None = None
    unmapped: Literal["refuse", "keep"] = "refuse"
    empty: list[str] = []
    scale: float | None = None
    unit: Literal["s", "ms", "us", "ns", "rfc3339", "local"] | None = None
    format: str | None = None
    edge: Literal["start", "end"] | None = None
    first_of: Period | None = None
    last_of: Period | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> FieldFrom:
        origins = [self.path, self.topic, self.column, self.const, self.template, self.received]
        if sum(item is not None for item in origins) != 1:
            raise ValueError("needs exactly one of path, topic, column, const, template, received")
        if self.format and self.unit != "local":
            raise ValueError("format is for unit: local")
        if self.unmapped == "keep" and self.map is None:
            raise ValueError("unmapped is for a map")
        if (self.first_of or self.last_of) and (self.unit or self.edge or (self.first_of and self.last_of)):
            raise ValueError("a day of a period is its first or its last one, and has no unit, format or edge")
        return self


class When(Strict):
    """Emit only if the field (path or column) is there and, where stated, has one of the values."""

    path: str | None = None
    column: str | None = None
    one_of: list[str] | None = None

    @model_validator(mode="after")
    def _one_field(self) -> When:
        if (self.path is None) == (self.column is None):
            raise ValueError("needs exactly one of path, column")
        return self


class Emit(Strict):
    """One row of one stream made from one message or record, unless the second condition holds too."""

    stream: str
    when: When | None = None
    unless: When | None = None
    fields: dict[str, FieldFrom]

    @property
    def conditions(self) -> list[When]:
        """What it asks of a record."""
        return [asked for asked in (self.when, self.unless) if asked]


class Message(Strict):
    """What a topic means: the topic below the prefix with named levels, `{channel}` one level, `{rest...}` the rest."""

    topic: str
    payload: Literal["json", "text"] = "json"
    emit: list[Emit] = []


def prefix_problem(prefix: object) -> str | None:
    """Why a device could not be given the topics below this prefix by one line of the access list; None when it can."""
    if not isinstance(prefix, str) or filter_problem(prefix) or "#" in prefix or prefix.endswith("/"):
        return (
            "not a topic prefix: levels are literal, `{name}` or `+`; no `#` or control character, no slash at the end"
        )
    if re.match(r"[+{$ ]", prefix):  # an open first level would give away everything, and the broker trims spaces
        return "begins with an open level, `$` or a space"
    if any({"{", "}"} & set(level) and not re.fullmatch(r"\{\w+\}", level) for level in prefix.split("/")):
        return "a level is either literal or one `{name}`"
    return None


def filter_problem(text: object) -> bool:
    """Whether this is no topic filter (MQTT 5 §4.7), or could not stand on one line of a file."""
    if not isinstance(text, str) or not text or any(ord(sign) < 32 or ord(sign) == 127 for sign in text):
        return True
    levels = text.split("/")
    return "#" in levels[:-1] or any(len(level) > 1 and {"+", "#"} & set(level) for level in levels)


class MqttTransport(Strict):
    """`prefix` may name levels (`nms/v1/{region}/…`); a message's own topic pattern follows it after a slash.

    `publishes_qos` is what the machine was set to publish with, 0 where that is not known. Nothing can see it on the
    way; the live page promises by it.
    """

    kind: Literal["mqtt"]
    prefix: str
    subscribe: list[str] = Field(min_length=1)
    publishes_qos: Literal[0, 1, 2] = 0

    @field_validator("prefix")
    @classmethod
    def _writable(cls, prefix: str) -> str:
        if problem := prefix_problem(prefix):
            raise ValueError(problem)
        return prefix

    @field_validator("subscribe")
    @classmethod
    def _readable(cls, filters: list[str]) -> list[str]:
        if any(filter_problem(one) for one in filters):
            raise ValueError("not a topic filter: `+` alone in a level, `#` alone in the last, no control characters")
        return filters


class FileTransport(Strict):
    """A drop folder named like the source; `pattern` is a file-name pattern (fnmatch).

    Sources of sheets may share one `folder`: which of them a file is for is told by its headings.
    """

    kind: Literal["file"]
    pattern: str
    folder: Identifier | None = None


class Dialect(Strict):
    """How the table is written. Nothing is guessed.

    Lines before the header that begin with `comment` are no part of the table. `final_newline: false` is for a writer
    that never ends its last line: then nobody can tell a number that was cut off from a whole one.
    """

    delimiter: str = Field(min_length=1, max_length=1)
    quote: str = Field(min_length=1, max_length=1)
    decimal: Literal[".", ","]
    thousands: Literal[" ", ".", ",", ""] = ""
    comment: str | None = Field(default=None, min_length=1)
    final_newline: bool = True


class InitialState(Strict):
    """A log that begins with the last known state of every data item, sent again: how long a pause must follow it."""

    gap_s: float = Field(gt=0)


#: Formats whose records have stated columns: the door can take persons and dropped columns out of these.
TABLES = ("csv", "sheet", "xlsx", "json_records")
#: How the door writes the sheet of a workbook plainly.
PLAIN_SHEET = Dialect(delimiter=";", quote='"', decimal=",")


class Format(Strict):
    """`encoding` is required for every text format and never defaulted; after a byte-order mark or strict UTF-8.

    Of a table the source states `dialect` and `columns`; the readers of MTConnect have columns of their own. A `sheet`
    is filled in by hand, in a program for tables (XLSX or CSV): its columns are headings, and it has no dialect. Of any
    other workbook (`xlsx`) the source states `workbook` and `columns`, with single spaces for all white space in them.
    `json_records` is an array of objects, or one at the dotted path `records`: its keys are `columns`. Columns that
    `unpivot` fits need not be listed.
    """

    adapter: Literal["json", "csv", "sheet", "xlsx", "json_records", "shdr", "mtconnect_xml"]
    encoding: Literal["utf-8", "cp1250", "cp1252", "iso-8859-1"]
    dialect: Dialect | None = None
    columns: list[str] = []
    workbook: Workbook | None = None
    records: str | None = Field(default=None, min_length=1)
    unpivot: Unpivot | None = None
    initial_state: InitialState | None = None
    emit: list[Emit] = []

    @model_validator(mode="after")
    def _whole(self) -> Format:
        if (self.adapter == "csv") != bool(self.dialect) or (self.adapter in TABLES) != bool(self.columns):
            raise ValueError(
                "a table (csv) states its dialect and columns, a sheet its columns, and so do xlsx and "
                "json_records; no other format does"
            )
        if (self.adapter == "xlsx") != bool(self.workbook):
            raise ValueError("a workbook (xlsx) states the sheet that is read, no other format does")
        if self.adapter in ("xlsx", "json_records") and self.encoding != "utf-8":
            raise ValueError("workbooks and JSON are UTF-8")
        if self.records and self.adapter != "json_records":
            raise ValueError("only json_records lie at a path")
        if self.unpivot and self.adapter not in ("csv", "xlsx", "json_records"):
            raise ValueError("unpivot is for tables (csv, xlsx, json_records)")
        if self.unpivot and set(self.unpivot.names) & set(self.columns):
            raise ValueError("unpivot makes columns that the file does not have itself")
        if self.initial_state and self.adapter != "shdr":
            raise ValueError("only a log (shdr) begins with an initial_state")
        return self

    @property
    def table(self) -> Dialect | None:
        """The dialect of the table that is kept of a file; None where it is no table."""
        return PLAIN_SHEET if self.adapter == "xlsx" else self.dialect

    @property
    def names(self) -> tuple[str, ...]:
        """The columns of its records; none of messages."""
        return COLUMNS.get(self.adapter, (*self.columns, *(self.unpivot.names if self.unpivot else ())))

    def is_column(self, heading: str) -> bool:
        """Whether a file of this format may have the column."""
        return heading in self.columns or bool(self.unpivot and self.unpivot.told(heading) is not None)


class Series(Strict):
    """A row for every interval of the same length, in the order of time; fields with `edge` read its stamps.

    `stamped` says which edge of the interval a stamp is. `midnight: end_of_day` is for tables that write the end of a
    day as 00:00 of the day that ends. `per` names the columns that tell one series of a table from another: the hour
    that the clock shows twice is told apart by the order of the rows of one series.
    """

    interval_s: int = Field(gt=0, le=86_400)
    stamped: Literal["start", "end"]
    midnight: Literal["start_of_day", "end_of_day"] = "start_of_day"
    per: list[str] = []


class TimeRules(Strict):
    """`zone` is the zone of times written without offset; only `unit: local` fields use it."""

    zone: str
    max_future_s: int = 900
    oldest: date
    series: Series | None = None

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone '{zone}'") from error
        return zone


class EquipmentFrom(Strict):
    """How the work unit is found: fixed, by the topic's ISA-95 path, or by a column through a mapping."""

    fixed: str | None = None
    topic_path: Literal[True] | None = None
    column: str | None = None
    map: dict[str, str] | None = None


class Owner(Strict):
    organisation: str
    contact: str
    steward: str


class Governance(Strict):
    """`drop` names fields (personal data) that no mapping may read and nothing shows; empty or not, it is said.

    Of a file source they are columns, and the door empties them. `personal_data: pseudonymised` is what a source needs
    whose files name persons: the door makes pseudonyms of what the streams mark as personal, before anything is kept.
    """

    classification: Classification
    personal_data: Literal["none", "pseudonymised"]
    legal_basis: str | None = None
    drop: list[str]
    retention_days: int = Field(ge=1)
    licence: str

    @property
    def is_confidential(self) -> bool:
        """Whether a company told it in confidence: it leaves the house only in wholes, over enough companies."""
        return self.classification == "company-confidential"


class Source(Strict):
    """One way in. MQTT sources have `messages`; file sources have `format.emit`."""

    id: Identifier
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    status: Literal["draft", "active", "deprecated", "retired"]
    name: Text
    description: str
    owner: Owner
    transport: Annotated[MqttTransport | FileTransport, Field(discriminator="kind")]
    format: Format
    time: TimeRules
    equipment: EquipmentFrom | None = None
    messages: list[Message] = []
    ignore: list[str] = []
    expected_interval_s: float | None = None
    max_age_s: float | None = None
    governance: Governance
    samples: list[str] = []

    @model_validator(mode="after")
    def _shape(self) -> Source:
        if self.transport.kind == "mqtt":
            if self.format.adapter != "json" or not self.messages or self.format.emit:
                raise ValueError("an MQTT source has format.adapter json and messages")
            if self.governance.personal_data != "none":
                raise ValueError("records about persons come by file only (MQTT is acknowledged before it is read)")
        elif self.format.adapter == "json" or not self.format.emit:
            raise ValueError(
                "a file source has format.adapter csv, sheet, xlsx, json_records, shdr or mtconnect_xml, and emit"
            )
        elif self.format.adapter not in TABLES and (self.governance.drop or self.governance.personal_data != "none"):
            raise ValueError("the door empties columns and makes pseudonyms in tables (csv, sheet, xlsx) only")
        elif self.governance.personal_data != "none" and (self.format.adapter == "json_records" or self.format.unpivot):
            raise ValueError("the door makes no pseudonyms in json_records and in what unpivot makes long")
        elif self.transport.folder and self.format.adapter != "sheet":
            raise ValueError("only sheets share a folder: other files are not told apart by their headings")
        elif self.format.adapter == "sheet" and not _one_row_of_columns(self.format.emit):
            raise ValueError("a sheet gives one row of one stream, each field from a column of its own")
        elif missing := set(self.governance.drop) - set(self.format.columns):
            raise ValueError(f"the drop list names {sorted(missing)}, which are no columns of the file")
        elif self.governance.personal_data != "none" and not self.governance.legal_basis:
            raise ValueError("a pseudonym is personal data too: state the legal_basis (GDPR art. 6)")
        return self

    @property
    def folder(self) -> str | None:
        """The name of its drop folder; None of a source of messages."""
        return (self.transport.folder or self.id) if self.transport.kind == "file" else None

    @property
    def emits(self) -> list[Emit]:
        """All rows that this source can make."""
        return self.format.emit + [emit for message in self.messages for emit in message.emit]


def _one_row_of_columns(emits: list[Emit]) -> bool:
    origins = [origin for emit in emits for origin in emit.fields.values()]
    plain = all(origin.column is not None and origin.scale is None for origin in origins)
    return len(emits) == 1 and not emits[0].conditions and plain and len({o.column for o in origins}) == len(origins)


def document(source: Source) -> dict[str, Any]:
    """The source as plain data, for pages and templates."""
    return source.model_dump(mode="json", exclude_none=True)
