"""Writes what is generated from streams, definitions of metrics and standard registry, or says what has drifted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bruk.counted_macro import counted_macro
from bruk.metric_docs import metric_docs
from bruk.metric_macro import metric_macro
from bruk.office.guide import guide
from bruk.quality_model import quality_columns, quality_model
from bruk.stream_docs import stream_docs
from contracts.counted import counted
from contracts.metrics import elements, metrics
from contracts.paths import DBT_PROJECT, PRODUCT, STANDARD
from contracts.streams import TECHNICAL, Stream, load_streams
from ingestion.atomic import replace_file

_NOTE = "generated from contracts/streams by `bruk contract sync`; do not edit"
_NOTE_METRICS = "generated from contracts/metrics by `bruk contract sync`; do not edit"

_NOTE_COUNTED = "generated from contracts/counted by `bruk contract sync`; do not edit"


def sync(*, check: bool = False, root: Path = PRODUCT) -> list[Path]:
    """The generated files whose content is not what it should be; written, unless `check`. Paths are from `root`."""
    drifted = []
    for path, text in generated(load_streams()).items():
        file = root / path
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            drifted.append(path)
            if not check:
                replace_file(file, text.encode())
    return drifted


def generated(streams: dict[str, Stream]) -> dict[Path, str]:
    """Every generated file: its path below the product, and its text."""
    models = DBT_PROJECT.relative_to(PRODUCT) / "models"
    return {
        models / "staging" / "_landing__sources.yml": _sources(streams),
        models / "staging" / "_streams.md": f"<!-- {_NOTE} -->\n{stream_docs(streams)}",
        models / "core" / "sum_stream_quality.sql": f"-- {_NOTE}\n{quality_model(streams)}",
        models / "core" / "_quality__models.yml": f"# {_NOTE}\n{quality_columns(streams)}",
        Path("docs/streams.md"): _reference(streams),
        Path("docs/programme-templates.md"): f"<!-- {_NOTE} -->\n# Programkontorets mallar\n{guide(streams)}",
        **_of_metrics(),
        # The demonstration has the standard registry, as every site that `bruk init` makes.
        **{Path("demo/registry") / name: text for name, text in _standard().items()},
    }


def _of_metrics() -> dict[Path, str]:
    defined, sums = metrics().values(), elements().values()
    macros = DBT_PROJECT.relative_to(PRODUCT) / "macros"
    return {
        macros / "metric_definitions.sql": f"{{#- {_NOTE_METRICS} -#}}\n{metric_macro(defined, sums)}",
        macros / "counted_elements.sql": f"{{#- {_NOTE_COUNTED} -#}}\n{counted_macro(counted().values())}",
        Path("docs/metrics.md"): f"<!-- {_NOTE_METRICS} -->\n{metric_docs(defined, sums)}",
    }


def _standard() -> dict[str, str]:
    files = sorted(STANDARD.rglob("*.yaml"))
    return {file.relative_to(STANDARD).as_posix(): file.read_text(encoding="utf-8") for file in files}


def _sources(streams: dict[str, Stream]) -> str:
    tables = [_table(stream) for stream in streams.values()]
    source = {
        "name": "landing",
        "description": "Landed rows: typed, immutable Parquet by stream, version and event day, listed by the ledger.",
        "tables": tables,
    }
    text = yaml.safe_dump({"version": 2, "sources": [source]}, sort_keys=False, allow_unicode=True, width=110)
    return f"# {_NOTE}\n{text}"


def _table(stream: Stream) -> dict[str, Any]:
    day = {"name": "event_date", "description": "UTC day of the event: the partition.", "data_type": "date"}
    return {
        "name": stream.id,
        "description": stream.table.description,
        "config": {"meta": {"version": stream.partition_version, "status": stream.status}},
        "columns": [
            *({"name": p.name, "description": p.description, "data_type": p.logicalType} for p in stream.properties),
            *({"name": name, "description": what, "data_type": kind} for name, (kind, _, what) in TECHNICAL.items()),
            day,
        ],
    }


def _reference(streams: dict[str, Stream]) -> str:
    """The streams as a page for people who connect machines."""
    parts = [f"<!-- {_NOTE} -->\n# Streams\n\nWhat may land. A source says how it arrives; see `demo/sources/`.\n"]
    for stream in streams.values():
        parts.append(f"\n## {stream.id} {stream.version}\n\n{stream.description.purpose} {stream.table.description}\n")
        parts.append("\n| field | type | required | meaning | betydelse |\n|---|---|---|---|---|\n")
        for item in stream.properties:
            unit = item.custom("unit")
            kind = item.logicalType + (f", {unit}" if unit else "")
            words = f" One of: {', '.join(item.allowed)}." if item.allowed else ""
            required = "yes" if item.required else ""
            row = (item.name, kind, required, item.description + words, item.custom("sv"))
            parts.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n")
    parts.append("\n## Columns that ingestion adds\n\n| field | type | meaning |\n|---|---|---|\n")
    parts += [f"| {name} | {kind} | {what} |\n" for name, (kind, _, what) in TECHNICAL.items()]
    return "".join(parts)
