"""Makes the built-in source of every stream that the programme's office reports: no site has to write one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from contracts.documents import Text
from contracts.indicators import PROGRAMME
from contracts.registry import Registry
from contracts.sources import Emit, FieldFrom, FileTransport, Format, Governance, Owner, Source, TimeRules
from contracts.streams import Property, Stream

#: The one drop folder of the office: a file in it is recognised by its headings.
FOLDER = "programme"
#: The sheets of a template that explain it: they are never read.
EXPLANATION, WORDS = "Så fyller du i", "Ord"
#: What the reader of sheets takes for the two truths, in small letters; the first of each is what templates show.
TRUTHS = {"ja": True, "nej": False, "sant": True, "falskt": False, "true": True, "false": False}


def source_id(stream: Stream) -> str:
    """The id of a stream's built-in source."""
    return f"office-{stream.id.replace('_', '-')}"


def office_streams(streams: dict[str, Stream]) -> list[Stream]:
    """The streams that have a template, in order of id."""
    return [stream for _, stream in sorted(streams.items()) if stream.template]


def office_sources(streams: dict[str, Stream], registry: Registry | None = None) -> dict[str, Source]:
    """The built-in source of every stream with a template, by id."""
    return {source_id(stream): office_source(stream, registry) for stream in office_streams(streams)}


def office_source(stream: Stream, registry: Registry | None = None) -> Source:
    """The source that reads the sheet of a stream's template; raises ValueError for a stream without one.

    A cell that names something of the `registry` says its id or its Swedish name; without a registry, anything.
    """
    template = stream.template
    if template is None:
        raise ValueError(f"the stream {stream.id} has no template")
    named = _named(registry) if registry else {}
    fields = {
        item.name: FieldFrom(column=item.heading, map=item.words or named.get(item.listed or "") or None)
        for item in stream.properties
    }
    return Source(
        id=source_id(stream),
        version=stream.version,
        status="active",
        name=Text(sv=template.title.sv, en=template.title.en),
        description=f"The template {template.file}, filled in by the programme's office. {stream.description.purpose}",
        owner=Owner(organisation=FOLDER, contact=FOLDER, steward="Programkontoret"),
        transport=FileTransport(kind="file", pattern="*", folder=FOLDER),
        format=Format(
            adapter="sheet",
            encoding="cp1252",
            columns=[item.heading for item in stream.properties],
            emit=[Emit(stream=stream.id, fields=fields)],
        ),
        time=TimeRules(zone="Europe/Stockholm", oldest=template.oldest),
        governance=Governance(
            classification=template.classification,
            personal_data=template.personal_data,
            legal_basis=template.legal_basis,
            drop=[],
            retention_days=template.retention_days,
            licence="Programme members only",
        ),
    )


def _named(registry: Registry) -> dict[str, dict[str, str]]:
    """List of the registry → id or Swedish name → id. A name that two have names none."""
    pilots, testbeds = ([(item.id, item.name.sv) for item in items] for items in (registry.pilots, registry.testbeds))
    wholes = [(item.id, item.name.sv) for items in (registry.subprojects, registry.regions) for item in items]
    return {
        "pilots": _by_id_and_name(pilots),
        "testbeds": _by_id_and_name(testbeds),
        "scopes": {PROGRAMME: PROGRAMME} | _by_id_and_name([*wholes, *pilots, *testbeds]),
        "indicators": {item.id: item.id for item in registry.indicators},
    }


def _by_id_and_name(items: Iterable[tuple[str, str]]) -> dict[str, str]:
    known = list(dict.fromkeys(items))
    times = Counter(name for _, name in known)
    return {own: own for own, _ in known} | {name: own for own, name in known if times[name] == 1}


def example(item: Property) -> Any:
    """The example of a column as a cell of the template holds it: text, number, date, or the Swedish word of a code.

    None where the contract has no example.
    """
    if not item.examples:
        return None
    value = item.examples[0]
    if item.words:
        return next((word for word, code in item.words.items() if code == str(value)), None)
    if item.logicalType == "boolean":
        return next(word.capitalize() for word, truth in TRUTHS.items() if truth is value)
    return date.fromisoformat(str(value)) if item.logicalType == "date" else value


def example_text(item: Property) -> str | None:
    """The same as a text file of the template holds it: a number with a decimal comma."""
    value = example(item)
    if value is None or isinstance(value, str):
        return value
    return value.isoformat() if isinstance(value, date) else str(value).replace(".", ",")
