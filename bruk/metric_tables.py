"""Flattens the definitions of metrics, elements and counted records into the tables that dbt reads."""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from contracts.counted import counted
from contracts.documents import Text
from contracts.metrics import GROUPS, Metric, elements, metrics

_TEXT, _REAL, _WHOLE, _WORDS = pa.string(), pa.float64(), pa.int64(), pa.list_(pa.string())
_METRICS = pa.schema(
    [
        *((c, _TEXT) for c in (
            "metric_id", "version", "metric_group", "name_sv", "name_en", "description_sv", "description_en",
            "formula_sv", "formula_en", "numerator_expression", "denominator_expression",
        )),
        ("elements", _WORDS), ("streams", _WORDS),
        ("scale", _REAL), ("unit", _TEXT), ("minimum", _REAL), ("maximum", _REAL),
        ("trend", _TEXT), *((c, _WORDS) for c in ("timing", "audience", "methodology", "scopes")),
        *((c, _TEXT) for c in (
            "source_standard", "source_clause", "source_edition", "disagreement_sv", "disagreement_en", "aggregation",
            "n_element",
        )),
        ("n_min", _WHOLE), ("coverage_min", _REAL),
        *((c, _TEXT) for c in ("notes_sv", "notes_en", "needs_sv", "needs_en", "made_by")), ("place", _WHOLE),
    ]
)  # fmt: skip
_ELEMENTS = pa.schema([(c, _TEXT) for c in ("element", "name_sv", "name_en", "unit", "room")] + [("whole", pa.bool_())])

_COUNTED = pa.schema([(c, _TEXT) for c in ("element", "name_sv", "name_en", "stream", "column_name")])


def metric_tables() -> dict[str, pa.Table]:
    """`metrics`, by group in the order of their files, `elements` and `counted`; raises ContractError."""
    ordered = sorted(metrics().values(), key=lambda metric: GROUPS.index(metric.group))
    rows = [_metric(metric, place) for place, metric in enumerate(ordered)]
    sums = [
        {"element": item.name, **_words("name", item.text), "unit": item.unit, "room": item.room, "whole": item.whole}
        for item in elements().values()
    ]
    records = [
        {"element": item.name, **_words("name", item.text), "stream": item.stream, "column_name": item.column}
        for item in counted().values()
    ]
    return {
        "counted": pa.Table.from_pylist(records, schema=_COUNTED),
        "metrics": pa.Table.from_pylist(rows, schema=_METRICS),
        "elements": pa.Table.from_pylist(sums, schema=_ELEMENTS),
    }


def _metric(metric: Metric, place: int) -> dict[str, Any]:
    texts = ("name", "description", "formula", "disagreement", "notes", "needs")
    row: dict[str, Any] = {name: value for name, value in metric if name not in texts}
    for name in texts:
        row |= _words(name, getattr(metric, name))
    return row | {
        "metric_id": metric.id, "metric_group": metric.group, "elements": metric.elements, "streams": metric.streams,
        "numerator_expression": metric.numerator, "denominator_expression": metric.denominator,
        "minimum": metric.range.low, "maximum": metric.range.high, "source_standard": metric.source.standard,
        "source_clause": metric.source.clause, "source_edition": metric.source.edition, "place": place,
    }  # fmt: skip


def _words(name: str, text: Text | None) -> dict[str, str | None]:
    return {f"{name}_sv": text.sv if text else None, f"{name}_en": text.en if text else None}
