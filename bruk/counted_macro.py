"""Writes what records count as one dbt macro: the only place from which the warehouse knows the conditions."""

from __future__ import annotations

import json
from collections.abc import Iterable

from contracts.counted import Counted

_HEAD = (
    "{#- Every counted element by its stream; conditions and amounts are SQL on the columns of the stream's fact. -#}\n"
)


def counted_macro(elements: Iterable[Counted]) -> str:
    """Jinja: `counted_elements()`, a dict of stream → list of elements as dicts."""
    streams: dict[str, list[str]] = {}
    for item in elements:
        said = {name: getattr(item, name) for name in _SAID if getattr(item, name)} | {
            "column": item.column or "event_id"
        }
        streams.setdefault(item.stream, []).append(f"        {json.dumps(said, ensure_ascii=False)},\n")
    listed = "".join(f"    {json.dumps(stream)}: [\n{''.join(rows)}    ],\n" for stream, rows in streams.items())
    return f"{_HEAD}{{% macro counted_elements() -%}}\n{{{{ return({{\n{listed}}}) }}}}\n{{%- endmacro %}}\n"


_SAID = ("name", "where", "subject", "day", "until", "amount", "protected", "once")
