"""Reads the streams: what may land, as a strict subset of the Open Data Contract Standard (ODCS 3.1)."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from contracts.documents import Strict, Text, read_document
from contracts.errors import ContractError
from contracts.paths import STREAMS

LogicalType = Literal["string", "number", "integer", "boolean", "timestamp", "date"]
Classification = Literal["open", "programme", "company-confidential"]
#: What a field says of a person: always (`person`: a personal number, an e-mail address, a name), when it is the number
#: of a sole trader (`sole_trader`: an organisation number), or when its row has such a number (`with_org_nr`: a firm's
#: name, its contact data). The file door makes pseudonyms of these.
PERSONAL = ("person", "sole_trader", "with_org_nr")


class Custom(Strict):
    """One of Bruk's own properties, in the place that ODCS keeps for them."""

    property: Literal[
        "sv", "unit", "semantics", "personal", "heading", "words", "registry",
        "eventTime", "naturalKey", "equipment", "nmsContract", "template",
    ]  # fmt: skip
    value: Any


class Options(Strict):
    """Limits that the gate judges; ingestion refuses by them only what a person typed in a sheet, and can mend."""

    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None


class Template(Strict):
    """The sheet that the office fills in for a stream, and how its files are kept where no source says else.

    `file` is the template's file name without ending, `purpose` what its rows say, `filled_by` who knows it, `oldest`
    the first day that may stand in it.
    """

    file: str = Field(pattern=r"^[a-z]+$")
    sheet: str = Field(max_length=31)
    title: Text
    purpose: Text
    filled_by: Text
    classification: Classification
    personal_data: Literal["none", "pseudonymised"]
    legal_basis: str | None = None
    retention_days: int = Field(ge=1)
    oldest: date


class Check(Strict):
    """An ODCS library check; on a stream it is always a warning: the data is kept, its numbers carry the state."""

    type: Literal["library"] = "library"
    metric: Literal["invalidValues", "nullValues"]
    arguments: dict[str, list[str]] = {}
    mustBe: int | None = None
    mustBeLessOrEqualTo: float | None = None
    unit: Literal["rows", "percent"] = "rows"
    severity: Literal["warning"]
    description: str


class Property(Strict):
    """One column. `required` is enforced by ingestion (E_REQUIRED); options and quality are judged by the gate."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")
    logicalType: LogicalType
    required: bool
    description: str
    examples: list[Any] = []
    logicalTypeOptions: Options | None = None
    quality: list[Check] = []
    customProperties: list[Custom] = []

    def custom(self, name: str) -> Any:
        """The value of one of Bruk's own properties, or None."""
        return next((item.value for item in self.customProperties if item.property == name), None)

    @property
    def heading(self) -> str:
        """Heading of the column in the office's template, in Swedish; its name where the stream has no template."""
        return str(self.custom("heading") or self.name)

    @property
    def listed(self) -> str | None:
        """The list of the site's registry that a cell of the column names one of; None where it names none."""
        found = self.custom("registry")
        return str(found) if found else None

    @property
    def words(self) -> dict[str, str]:
        """Swedish word of the template → code; empty where the column is not of controlled words."""
        return dict(self.custom("words") or {})

    @property
    def allowed(self) -> list[str] | None:
        """The controlled vocabulary that the gate judges, or None."""
        return next((c.arguments["validValues"] for c in self.quality if c.metric == "invalidValues"), None)

    @model_validator(mode="after")
    def _numbers_have_units(self) -> Property:
        if self.logicalType == "number" and self.custom("unit") is None:
            raise ValueError(f"the number '{self.name}' has no unit (customProperties: unit, UCUM; '1' for none)")
        if self.custom("personal") not in (None, *PERSONAL):
            raise ValueError(f"'{self.name}': personal is one of {', '.join(PERSONAL)}")
        if self.custom("personal") and self.logicalType != "string":
            raise ValueError(f"'{self.name}' is personal, so it is a string: a pseudonym is one")
        if self.custom("sv") is None:
            raise ValueError(f"'{self.name}' has no Swedish description (customProperties: sv)")
        return self


class SchemaObject(Strict):
    """The one table of a stream."""

    name: str
    description: str
    properties: list[Property]
    customProperties: list[Custom]


class Description(Strict):
    purpose: str
    limitations: str = ""


class Stream(Strict):
    """One canonical record kind. Landed rows have these columns and the technical ones of `TECHNICAL`."""

    apiVersion: Literal["v3.1.0"]
    kind: Literal["DataContract"]
    id: str = Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    status: Literal["draft", "active", "deprecated", "retired"]
    name: str
    description: Description
    schema_: list[SchemaObject] = Field(alias="schema", min_length=1, max_length=1)

    @property
    def table(self) -> SchemaObject:
        return self.schema_[0]

    @property
    def properties(self) -> list[Property]:
        return self.table.properties

    @cached_property
    def by_name(self) -> dict[str, Property]:
        return {item.name: item for item in self.properties}

    def custom(self, name: str) -> Any:
        """The value of one of Bruk's own properties of the table, or None."""
        return next((item.value for item in self.table.customProperties if item.property == name), None)

    @property
    def event_time(self) -> str:
        """The column (timestamp or date) that decides the landing partition."""
        return str(self.custom("eventTime"))

    @property
    def natural_key(self) -> list[str]:
        """Business key: in core the record received last supersedes the others of one key, on whatever day they lie.

        A sender's own name for a record (`record_ref`) is one of its source and device, not of the machine that the
        record speaks of: a correction may name another machine. Nothing supersedes a record in which a column of the
        key is empty. An empty list: the stream has no key.
        """
        return list(self.custom("naturalKey") or [])

    @cached_property
    def template(self) -> Template | None:
        """The office's template, or None of a stream that machines send."""
        said = self.custom("template")
        return Template(**said) if said else None

    @property
    def of_equipment(self) -> bool:
        """Whether each row belongs to a registered equipment (column `equipment`)."""
        return "equipment" in self.by_name

    @property
    def partition_version(self) -> str:
        """`v<major>.<minor>`, the folder of landing."""
        major, minor, _ = self.version.split(".")
        return f"v{major}.{minor}"

    @model_validator(mode="after")
    def _consistent(self) -> Stream:
        names = [item.name for item in self.properties]
        if len(set(names)) != len(names):
            raise ValueError("a column stands twice")
        if clash := set(names) & set(TECHNICAL):
            raise ValueError(f"columns {sorted(clash)} are reserved for ingestion")
        time = self.by_name.get(self.event_time)
        if time is None or time.logicalType not in ("timestamp", "date") or not time.required:
            raise ValueError("eventTime must name a required timestamp or date column")
        if missing := set(self.natural_key) - {*names, "source", "device"}:
            raise ValueError(f"naturalKey names unknown columns {sorted(missing)}")
        headings = [item.heading.casefold() for item in self.properties]
        if self.template and len(set(headings)) != len(headings):
            raise ValueError("a heading stands twice")
        if self.template and (bare := [item.name for item in self.properties if item.custom("heading") is None]):
            raise ValueError(f"columns of the template have no heading: {bare}")
        for item in self.properties:
            if item.logicalTypeOptions and item.logicalTypeOptions.pattern:
                re.compile(item.logicalTypeOptions.pattern)
        return self


#: Columns that ingestion adds to every landed row: name → (logical type, nullable, what it is).
TECHNICAL: dict[str, tuple[LogicalType, bool, str]] = {
    "event_id": (
        "string",
        False,
        "Identity of the event: <device>:<boot>:<seq>, else <segment>:<offset>, or <sha256>:<row> for files.",
    ),
    "part": ("integer", False, "Number of the row within its event, from 0: one message may give several rows."),
    "source": ("string", False, "Id of the source that described how it arrived."),
    "device": ("string", True, "Sender: the certificate name that the registry gives the topic, or the drop account."),
    "received_at": ("timestamp", False, "When it was durable in the spool, UTC."),
    "segment": ("string", False, "Spool segment, as mqtt/000000000012."),
    "spool_offset": ("integer", False, "Byte offset of the packet or frame in the segment."),
    "record": ("integer", True, "Record number within a file, from 1 for the first data row; empty for messages."),
    "boot": ("integer", True, "Epoch of the sender's outbox, if it counts."),
    "seq": ("integer", True, "Sequence number within (device, boot), if it counts."),
    "flags": ("string", True, "Comma list of remarks: future, leap, ambiguous, underflow, possible_duplicate."),
}


def load_streams(folder: Path = STREAMS) -> dict[str, Stream]:
    """Every stream of the product by id, in order of id; raises ContractError at the first that is wrong."""
    streams, wrong = read_streams(folder)
    for problem in wrong:
        raise problem
    return streams


def read_streams(folder: Path = STREAMS) -> tuple[dict[str, Stream], list[ContractError]]:
    """The streams by id, in order of id, and what is wrong with the others."""
    streams: dict[str, Stream] = {}
    wrong: list[ContractError] = []
    for file in sorted(folder.glob("*.odcs.yaml")):
        try:
            stream = read_document(file, Stream)
        except ContractError as problem:
            wrong.append(problem)
            continue
        if file.name == f"{stream.id}.odcs.yaml":
            streams[stream.id] = stream
        else:
            wrong.append(ContractError(file.name, 1, f"the id is '{stream.id}'", f"Name it {stream.id}.odcs.yaml"))
    return streams, wrong
