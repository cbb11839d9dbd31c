"""Writes the model that counts, per stream, machine and day, what breaks the promises of the streams."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.streams import Property, Stream
from expectations.suites import checks_of


def quality_model(streams: dict[str, Stream]) -> str:
    """SQL of `sum_stream_quality`: one row per stream, machine and UTC day, one column per kind of broken promise."""
    counts = sorted({check.column for stream in streams.values() for check in checks_of(stream)})
    names = ", ".join(f"'{name}'" for name in streams)
    head = f"{{{{ config(materialized='touched_days', streams=[{names}]) }}}}\n\nwith "
    tables = [f"{stream.id} as (\n{_table(stream, counts)}\n)" for stream in streams.values()]
    union = "\n    union all\n".join(f"    select * from {name}" for name in streams)
    body = ",\n\n".join(tables)
    return f"{head}{body},\n\nfinal as (\n{union}\n)\n\nselect * from final\n"


def quality_columns(streams: dict[str, Stream]) -> str:
    """YAML of the same model: its contract, its test, and its columns, described by the doc blocks of the streams."""
    fixed = [
        ("stream", "varchar", True, "stream"),
        ("equipment", "varchar", False, "summary_equipment"),
        ("event_date", "date", True, "event_date"),
        ("row_count", "bigint", True, "summary_row_count"),
        ("newest_observed_at", "timestamptz", True, "newest_observed_at"),
        ("newest_received_at", "timestamptz", True, "newest_received_at"),
    ]
    counts = sorted({check.column for stream in streams.values() for check in checks_of(stream)})
    columns = fixed + [(name, "bigint", True, name) for name in counts]
    listed = "".join(_column(*column) for column in columns)
    return _MODEL.format(streams=", ".join(streams), columns=listed)


_MODEL = """version: 2

models:
  - name: sum_stream_quality
    description: >-
      One row per stream, machine and UTC event day: how many rows, how new, and how many break a promise of the
      stream. The gate judges these rows; the sums must equal what landed.
    data_tests:
      - unique_together: {{arguments: {{columns: [stream, equipment, event_date], streams: [{streams}]}}}}
    columns:
{columns}"""


def _column(name: str, kind: str, required: bool, doc: str) -> str:
    held = "\n        constraints: [{type: not_null, warn_unsupported: false}]" if required else ""
    described = f"\n        description: \"{{{{ doc('{doc}') }}}}\""
    return f"      - name: {name}\n        data_type: {kind}{held}{described}\n"


def _table(stream: Stream, counts: Iterable[str]) -> str:
    broken = _broken(stream)
    columns = [
        f"'{stream.id}' as stream",
        ("rows_of_days.equipment" if stream.of_equipment else "null::varchar") + " as equipment",
        "rows_of_days.event_date",
        "count(*) as row_count",
        f"max({_instant(stream)}) as newest_observed_at",
        "max(rows_of_days.received_at) as newest_received_at",
        *(f"{_count(broken.get(name))} as {name}" for name in counts),
    ]
    listed = ",\n        ".join(columns)
    joined = _CHANNELS if "channel" in stream.by_name else ""
    return (
        f"    select\n        {listed}\n    from {{{{ ref('stg_{stream.id}') }}}} as rows_of_days{joined}\n"
        "    where {{ in_touched_days('rows_of_days.event_date') }}\n    group by all"
    )


_CHANNELS = """
    left join {{ ref('stg_registry__channels') }} as channels
        on
            rows_of_days.equipment = channels.equipment_id
            and rows_of_days.channel = channels.channel
            and rows_of_days.event_date between channels.valid_from and channels.valid_to"""


def _count(condition: str | None) -> str:
    return f"count(*) filter (where {condition})" if condition else "0::bigint"


def _broken(stream: Stream) -> dict[str, str]:
    """Column of the summary → the condition on a row that it counts."""
    broken: dict[str, list[str]] = {}
    required = [f"rows_of_days.{item.name} is null" for item in stream.properties if item.required]
    broken["missing_required_count"] = required
    for item in stream.properties:
        for column, condition in _of_property(item):
            broken.setdefault(column, []).append(condition)
    if "channel" in stream.by_name:
        broken["out_of_range_count"] = ["rows_of_days.value not between channels.minimum and channels.maximum"]
        broken["bad_quality_count"] = ["rows_of_days.quality = 'bad'"]
    return {column: " or ".join(conditions) for column, conditions in broken.items() if conditions}


def _of_property(item: Property) -> Iterable[tuple[str, str]]:
    name, options = f"rows_of_days.{item.name}", item.logicalTypeOptions
    if item.allowed:
        words = ", ".join(f"'{word}'" for word in item.allowed)
        yield f"{item.name}_invalid_count", f"{name} not in ({words})"
    if options and options.pattern:
        pattern = options.pattern.replace("'", "''")
        yield f"{item.name}_invalid_count", f"not regexp_full_match({name}, '{pattern}')"
    if options and options.minimum is not None:
        yield f"{item.name}_out_of_range_count", f"{name} < {options.minimum:g}"
    if options and options.maximum is not None:
        yield f"{item.name}_out_of_range_count", f"{name} > {options.maximum:g}"


def _instant(stream: Stream) -> str:
    """When the row says it happened; a day counts from its midnight (UTC)."""
    column = f"rows_of_days.{stream.event_time}"
    return f"{column}::timestamptz" if stream.by_name[stream.event_time].logicalType == "date" else column
