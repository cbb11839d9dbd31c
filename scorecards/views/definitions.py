"""The page of definitions: every metric with its formula, source and limits, and where it can be assessed today."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.assessing import element_name, told, why
from scorecards.edition import PROGRAMME, Edition
from scorecards.links import Page
from scorecards.metric_records import Kpi, Metric
from scorecards.voice import Voice


@dataclass(frozen=True)
class Definition:
    """One metric; texts are ready to show, and empty where there is nothing to say."""

    id: str
    version: str
    name: str
    description: str
    formula: str
    expression: str
    elements: str
    source: str
    unit: str
    limits: str
    trend: str
    scopes: str
    methodology: str
    asks: str
    aggregation: str
    disagreement: str
    notes: str
    needs: str
    assessed: str
    period: str
    testbeds: str


@dataclass(frozen=True)
class Group:
    code: str
    name: str
    definitions: list[Definition]


@dataclass(frozen=True)
class DefinitionsPage:
    groups: list[Group]


def definitions_page(edition: Edition, voice: Voice, _: Page) -> DefinitionsPage:
    """All definitions of the edition by group, in their order."""
    codes = list(dict.fromkeys(metric.metric_group for metric in edition.metrics))
    return DefinitionsPage(
        [
            Group(code, voice.code("metric.group", code), [_definition(edition, voice, m) for m in edition.metrics
                                                           if m.metric_group == code])
            for code in codes
        ]
    )  # fmt: skip


def _definition(edition: Edition, voice: Voice, metric: Metric) -> Definition:
    newest = edition.kpi_facts(PROGRAMME).newest(metric.metric_id)
    return Definition(
        id=metric.metric_id,
        version=metric.version,
        name=voice.of(metric.name),
        description=voice.of(metric.description),
        formula=voice.of(metric.formula),
        expression=_expression(metric),
        elements=", ".join(element_name(edition.elements, voice, name) for name in metric.elements),
        source=f"{metric.source_standard}, {metric.source_clause} ({metric.source_edition})",
        unit=voice.unit_sign(metric.unit) or voice("metric.unit.ratio"),
        limits=_limits(voice, metric),
        trend=voice(f"metric.trend.{metric.trend}"),
        scopes=", ".join(voice(f"metric.scope.{scope}") for scope in metric.scopes),
        methodology=", ".join(voice(f"metric.methodology.{word}") for word in metric.methodology),
        asks=_asks(edition, voice, metric),
        aggregation=voice(f"metric.aggregation.{metric.aggregation}"),
        disagreement=voice.of(metric.disagreement),
        notes=voice.of(metric.notes),
        needs=voice.of(metric.needs),
        assessed=_assessed(edition, voice, metric, newest),
        period=_period(edition, voice, newest),
        testbeds=_testbeds(edition, voice, metric),
    )


def _expression(metric: Metric) -> str:
    if metric.numerator_expression is None:
        return ""
    return f"({metric.numerator_expression}) / ({metric.denominator_expression})"


def _limits(voice: Voice, metric: Metric) -> str:
    """Between what a value lies, in words; empty where nothing bounds it."""
    least, most = voice.decimal(metric.minimum), voice.decimal(metric.maximum)
    if metric.maximum is None:
        return "" if metric.minimum is None else voice("metric.limits.least", least=least)
    return (
        voice("metric.limits.most", most=most)
        if metric.minimum is None
        else voice("metric.limits", least=least, most=most)
    )


def _period(edition: Edition, voice: Voice, kpi: Kpi | None) -> str:
    """The month of a number, and that it is not over."""
    if kpi is None:
        return ""
    name = voice.period(kpi.period_start, kpi.period_end)
    today = edition.manifest.as_of_day
    return name if today is None or today > kpi.period_end else f"{name}, {voice('value.open')}"


def _asks(edition: Edition, voice: Voice, metric: Metric) -> str:
    """What must be there for a number."""
    if metric.n_element is None:
        return voice("metric.asks.n", n=metric.n_min)
    what, found = element_name(edition.elements, voice, metric.n_element), edition.elements.get(metric.n_element)
    some = metric.n_min == 1 and found is not None and found.unit == "s"
    least = voice("metric.asks.some", what=what) if some else voice("metric.asks.element", n=metric.n_min, what=what)
    if not metric.coverage_min:
        return least
    return voice("metric.asks.coverage", least=least, coverage=voice.share(metric.coverage_min))


def _assessed(edition: Edition, voice: Voice, metric: Metric, kpi: Kpi | None) -> str:
    """The newest number of the whole programme, or why there is none."""
    if kpi is None:
        return voice("metric.not_here")
    if kpi.assessable:
        return told(voice, metric, kpi.value)
    return voice("kpi.not_assessable", why=why(edition.elements, voice, metric, kpi))


def _testbeds(edition: Edition, voice: Voice, metric: Metric) -> str:
    testbeds = [edition.kpi_facts(("testbed", item.testbed_id)) for item in edition.testbeds]
    newest = [facts.newest(metric.metric_id) for facts in testbeds]
    there = [kpi for kpi in newest if kpi is not None]
    if not there:
        return ""
    return voice("metric.testbeds", n=sum(kpi.assessable for kpi in there), of=len(there))
