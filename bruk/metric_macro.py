"""Writes the definitions of metrics as one dbt macro: the only place from which the warehouse computes a ratio."""

from __future__ import annotations

import json
from collections.abc import Iterable

from contracts.expressions import parse, sql_of
from contracts.metrics import ElementDefinition, Metric

_HEAD = "{#- Every metric that is a quotient of sums; columns are named like the elements, in lower case. -#}\n"


def metric_macro(metrics: Iterable[Metric], elements: Iterable[ElementDefinition]) -> str:
    """Jinja: `metric_definitions()`, a list of dicts; `whole_elements()`, names; `known_min(element)`, a ratio."""
    made = list(elements)
    listed = "".join(f"    {json.dumps(_definition(metric))},\n" for metric in metrics if metric.is_summed)
    whole = json.dumps([item.name for item in made if item.whole])
    known = json.dumps({item.name: item.known_min for item in made if item.known_min is not None})
    return (
        f"{_HEAD}{{% macro metric_definitions() -%}}\n{{{{ return([\n{listed}]) }}}}\n{{%- endmacro %}}\n\n"
        "{#- Elements that a pilot counts whole, whatever its share of the machine. -#}\n"
        f"{{% macro whole_elements() -%}}\n{{{{ return({whole}) }}}}\n{{%- endmacro %}}\n\n"
        "{#- The part of a run's time in which an element must be known, or the run lacks it. -#}\n"
        f"{{% macro known_min(element) -%}}\n{{{{ return({known}[element]) }}}}\n{{%- endmacro %}}\n"
    )


def _definition(metric: Metric) -> dict[str, object]:
    if metric.numerator is None or metric.denominator is None:
        return {}
    return {
        "id": metric.id,
        "version": metric.version,
        "scopes": metric.scopes,
        "elements": metric.elements,
        "lacks": metric.lacking,
        "numerator": sql_of(parse(metric.numerator)),
        "denominator": sql_of(parse(metric.denominator)),
        "scale": metric.scale,
        "n": metric.n_elements,
        "n_min": metric.n_min,
        "coverage_min": metric.coverage_min,
    }
