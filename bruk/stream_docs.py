"""Writes what the streams say of their columns as dbt doc blocks, so that the models' YAML can refer to them."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.streams import TECHNICAL, Property, Stream
from expectations.suites import checks_of


def stream_docs(streams: dict[str, Stream]) -> str:
    """Markdown: a block for each property (`<stream>_<column>`), technical column, and count of the quality summary."""
    blocks = [
        _block(f"{stream.id}_{item.name}", _property(item)) for stream in streams.values() for item in stream.properties
    ]
    blocks += [_block(name, what + (" Empty where there is none." if nullable and "empty" not in what else ""))
               for name, (_, nullable, what) in TECHNICAL.items()]  # fmt: skip
    blocks.append(_block("event_date", "UTC day of the event; landing is partitioned by it."))
    blocks += [_block(column, text) for column, text in _counts(streams.values())]
    return "\n".join(blocks)


def _block(name: str, text: str) -> str:
    return f"{{% docs {name} %}}\n{text}\n{{% enddocs %}}\n"


def _property(item: Property) -> str:
    """The contract's own words, then vocabulary, unit and whether the column may be empty."""
    parts = [item.description]
    if item.allowed:
        parts.append(f"Expected words: {', '.join(item.allowed)}; others are kept, and judged by the gate.")
    unit = item.custom("unit")
    if unit and unit != "channel":
        parts.append(f"Unit: {unit} (UCUM).")
    if not item.required and "empty" not in item.description:
        parts.append("Empty where the sender does not say it.")
    return " ".join(parts)


def _counts(streams: Iterable[Stream]) -> Iterable[tuple[str, str]]:
    """Each column of `sum_stream_quality` that counts broken promises, with the promises."""
    promises: dict[str, dict[str, list[str]]] = {}
    for stream in streams:
        for check in checks_of(stream):
            promises.setdefault(check.column, {}).setdefault(check.description_en, []).append(stream.id)
    for column, said in sorted(promises.items()):
        rules = "; ".join(f"{', '.join(names)}: {text.removesuffix('.')}" for text, names in said.items())
        yield column, f"Rows that break a promise of their stream ({rules}); 0 for the other streams."
