"""Writes the definitions of metrics as a reference for people: every field of each, in both languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from contracts.documents import Text
from contracts.metrics import GROUPS, ElementDefinition, Metric

_TRENDS = {"up": "higher is better", "down": "lower is better", "band": "within a band", "none": "no direction"}


def metric_docs(metrics: Iterable[Metric], elements: Iterable[ElementDefinition]) -> str:
    """Markdown: the metrics by group, then the elements that they are made of."""
    listed = list(metrics)
    parts = ["# Metrics\n\nWhat is computed, from which source, and what it stands on. Each is a record of "
             "`contracts/metrics`; [add-a-metric.md](add-a-metric.md) says how one is added. Elements are summed "
             "first, and divided once.\n"]  # fmt: skip
    for group in GROUPS:
        parts.append(f"\n## {group.capitalize()}\n")
        parts += [part for metric in listed if metric.group == group for part in _metric(metric)]
    parts.append("\n## Elements\n\n| element | unit | meaning | betydelse | made in |\n|---|---|---|---|---|\n")
    parts += [_row(item.name, item.unit, item.text.en, item.text.sv, _made(item)) for item in elements]
    return "".join(parts)


def _made(element: ElementDefinition) -> str:
    least = f"; of a run at least {element.known_min:.0%} known" if element.known_min else ""
    return (element.room or "nowhere yet") + least


def _metric(metric: Metric) -> Iterator[str]:
    yield f"\n### {metric.id} v{metric.version}\n\n| | English | svenska |\n|---|---|---|\n"
    yield _words("name", metric.name)
    yield _words("is", metric.description)
    yield _words("formula", metric.formula)
    for label, text in (("sources differ", metric.disagreement), ("notes", metric.notes), ("needs", metric.needs)):
        if text is not None:
            yield _words(label, text)
    yield f"\n{_computed(metric)} {_facts(metric)}\n"


def _computed(metric: Metric) -> str:
    if metric.made_by is not None:
        return f"Made by `{metric.made_by}`."
    if not metric.is_summed:
        return "Made by nothing yet."
    times = f"{metric.scale:g} × " if metric.scale != 1 else ""
    limit = f", coverage at least {metric.coverage_min:.0%}" if metric.coverage_min else ""
    least = f"n of {metric.n_element} at least {metric.n_min}{limit}"
    return f"`{times}({metric.numerator}) / ({metric.denominator})`; {least}."


def _facts(metric: Metric) -> str:
    low, high = metric.range.low, metric.range.high
    limits = f"{'…' if low is None else f'{low:g}'} to {'…' if high is None else f'{high:g}'}"
    source = metric.source
    return (
        f"Unit {metric.unit}, {limits}, {_TRENDS[metric.trend]}; {metric.aggregation.replace('_', ' ')}; "
        f"{', '.join(metric.scopes)}; {', '.join(metric.methodology)}; for {', '.join(metric.audience)}; "
        f"{', '.join(metric.timing).replace('_', ' ')}. "
        f"Source: {source.standard}, {source.clause}, edition {source.edition}."
    )


def _words(label: str, text: Text) -> str:
    return _row(label, text.en, text.sv)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
