"""Loads the sources of a site, and refuses what a source alone cannot show to be wrong: its streams, fields, topics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from contracts.documents import read_document, read_loosely
from contracts.errors import ContractError
from contracts.sources import FieldFrom, Source, filter_problem
from contracts.streams import Property, Stream


def load_sources(folder: Path, streams: dict[str, Stream]) -> tuple[dict[str, Source], list[ContractError]]:
    """The sources of a site by id, and what is wrong with the others: one wrong file stops no other source."""
    sources: dict[str, Source] = {}
    wrong: list[ContractError] = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            source = _read(file, streams)
            sources[source.id] = source
        except ContractError as problem:
            wrong.append(problem)
    return sources, wrong


def _read(file: Path, streams: dict[str, Stream]) -> Source:
    source = read_document(file, Source)
    if file.stem != source.id:
        raise ContractError(file.name, 1, f"the id is '{source.id}'", f"Name the file {source.id}.yaml")
    for problem in problems(source, streams):
        raise ContractError(file.name, None, problem, "Mend the mapping; `bruk source try` shows its rows")
    return source


def stated_subscriptions(file: Path) -> list[str]:
    """The topic filters of a file that is wrong elsewhere, so that its messages are kept until it is mended."""
    try:
        transport = read_loosely(file)["transport"]
        filters = transport["subscribe"] if transport["kind"] == "mqtt" else []
        return [item for item in filters if not filter_problem(item)] if isinstance(filters, list) else []
    except (KeyError, TypeError):
        return []


def problems(source: Source, streams: dict[str, Stream]) -> list[str]:
    """What the model alone cannot see: streams, fields and topic levels that do not exist, fields that are required."""
    found: list[str] = []
    for emit in source.emits:
        stream = streams.get(emit.stream)
        if stream is None:
            found.append(f"unknown stream '{emit.stream}'")
            continue
        found += [f"{emit.stream} has no field '{name}'" for name in emit.fields if name not in stream.by_name]
        given = set(emit.fields) | ({"equipment"} if source.equipment else set())
        found += [
            f"{emit.stream}.{item.name} is required and not mapped"
            for item in stream.properties
            if item.required and item.name not in given
        ]
    levels = (
        set(re.findall(r"\{(\w+)(?:\.\.\.)?\}", source.transport.prefix)) if source.transport.kind == "mqtt" else set()
    )
    found += _unknown_columns(source) + _dropped_and_read(source) + _wrong_edges(source)
    found += _persons_by_the_wrong_way(source, streams) + _instants_in_a_sheet(source, streams)
    found += _periods_of_no_day(source, streams) + _persons_in_figures(source, streams)
    for message in source.messages:
        known = levels | set(re.findall(r"\{(\w+)(?:\.\.\.)?\}", message.topic))
        for emit in message.emit:
            found += [
                f"topic '{message.topic}' has no level '{origin.topic}'"
                for origin in emit.fields.values()
                if origin.topic is not None and origin.topic not in known
            ]
    return found


def _unknown_columns(source: Source) -> list[str]:
    """Columns that a mapping, a condition or the finding of the machine reads and no record has."""
    read = [(f"{emit.stream}.{name}", origin.column) for emit in source.emits for name, origin in emit.fields.items()]
    read += [(f"{emit.stream}.when", when.column) for emit in source.emits for when in emit.conditions]
    read += [("equipment", source.equipment.column)] if source.equipment else []
    return [f"{where} reads the column '{name}', which the file does not have"
            for where, name in read if name is not None and name not in source.format.names]  # fmt: skip


def _dropped_and_read(source: Source) -> list[str]:
    """Fields of the drop list that a mapping, a condition or the finding of the machine reads all the same."""
    drop = source.governance.drop
    found = [
        f"'{name}' is on the drop list, so {emit.stream}.{field} may not read it"
        for emit in source.emits
        for field, origin in emit.fields.items()
        for name in drop
        if name in (origin.path or "").split(".") or name == origin.column or f".{name}}}" in (origin.template or "")
    ]
    asked = {when.column for emit in source.emits for when in emit.conditions}
    asked |= {source.equipment.column} if source.equipment else set()
    return found + [f"'{name}' is on the drop list, so no `when` and no `equipment` may read it" for name in drop
                    if name in asked]  # fmt: skip


def _wrong_edges(source: Source) -> list[str]:
    """Edges of intervals where no series says how long they are, and series that nobody could tell apart."""
    series = source.time.series
    edges = [origin for emit in source.emits for origin in emit.fields.values() if origin.edge]
    stamps = {(origin.column, origin.path, origin.unit, origin.format) for origin in edges}
    if series is None:
        return ["a field has an `edge`, and time.series does not say how long an interval is"] if stamps else []
    found = [] if len(stamps) == 1 else ["time.series needs one column, or path, that fields with `edge` read"]
    found += [f"time.series.per: '{name}' is no column" for name in series.per if name not in source.format.columns]
    if source.equipment and source.equipment.column not in (None, *series.per):
        found.append(f"time.series.per lacks '{source.equipment.column}', which tells the machines apart")
    return found


def _instants_in_a_sheet(source: Source, streams: dict[str, Stream]) -> list[str]:
    """Fields that a sheet cannot give: a person types days, and says nothing of a zone."""
    return [
        f"a sheet holds days, and {emit.stream}.{name} is an instant"
        for emit in (source.emits if source.format.adapter == "sheet" else [])
        for name in emit.fields
        if emit.stream in streams and name in streams[emit.stream].by_name
        if streams[emit.stream].by_name[name].logicalType == "timestamp"
    ]


def _fields(source: Source, streams: dict[str, Stream]) -> Iterator[tuple[str, FieldFrom, Property]]:
    """`stream.field`, origin and definition of every mapped field that is known."""
    for emit in source.emits:
        for name, origin in emit.fields.items():
            if emit.stream in streams and name in streams[emit.stream].by_name:
                yield f"{emit.stream}.{name}", origin, streams[emit.stream].by_name[name]


def _periods_of_no_day(source: Source, streams: dict[str, Stream]) -> list[str]:
    """Fields that read the day of a period and are none."""
    return [f"{where} is no day, so it is not the first or last one of a period"
            for where, origin, item in _fields(source, streams)
            if (origin.first_of or origin.last_of) and item.logicalType != "date"]  # fmt: skip


def _persons_in_figures(source: Source, streams: dict[str, Stream]) -> list[str]:
    """Fields about persons or sole traders that a column reads which unpivot makes: the door does not look there."""
    made = source.format.unpivot.names if source.format.unpivot else []
    return [
        f"{where} may be about a person, and unpivot is for figures"
        for where, origin, item in _fields(source, streams)
        if item.custom("personal")
        and (origin.column in made or any(f"{{column.{name}}}" in (origin.template or "") for name in made))
    ]


def _persons_by_the_wrong_way(source: Source, streams: dict[str, Stream]) -> list[str]:
    """Fields about persons that the door could not make a pseudonym of: only of one column, as it stands, can it."""
    return [
        f"{emit.stream}.{name} is about a person: it comes by file, from one column as it stands, of a source with "
        "personal_data: pseudonymised"
        for emit in source.emits
        for name, origin in emit.fields.items()
        if emit.stream in streams and name in streams[emit.stream].by_name
        if streams[emit.stream].by_name[name].custom("personal") == "person"
        if origin.column not in source.format.columns or origin.map or source.governance.personal_data == "none"
    ]
