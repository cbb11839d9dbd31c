"""The page of an indicator: what it means, its trend against target in the programme, and its parts side by side."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import PROGRAMME, Edition
from scorecards.facts import Scope
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.needs import Need, needs
from scorecards.records import Indicator
from scorecards.views.meaning import Code, codes_of, measured_as, protection
from scorecards.views.months import Block, block, scope_name, trace
from scorecards.voice import Voice

#: Kinds of parts in the order of the page.
_PARTS = ("subproject", "region", "company_region", "pilot", "testbed")


@dataclass(frozen=True)
class PartRow:
    """An indicator in one part of the programme; `group` is the subproject of a pilot."""

    name: str
    group: str
    href: str
    figure: Figure


@dataclass(frozen=True)
class Parts:
    """The parts of one kind, never ranked: in the order of their names, pilots under their subprojects."""

    kind: str
    title: str
    note: str
    rows: list[PartRow]


@dataclass(frozen=True)
class Related:
    name: str
    href: str


@dataclass(frozen=True)
class IndicatorPage:
    indicator_id: str
    name: str
    goal: int
    step_href: str
    step: str
    formula: str
    version: str
    unit: str
    group: str
    kind: str
    direction: str
    measured_as: str
    protects: str
    codes: list[Code]
    head: Related
    companions: list[Related]
    source: str
    limits: str
    notes: str
    needs: list[Need]
    whole: Block | None
    trace: str
    parts: list[Parts]


def indicator_page(edition: Edition, voice: Voice, page: Page, indicator: Indicator) -> IndicatorPage:
    """One indicator, opened."""
    facts = edition.facts(indicator.indicator_id, PROGRAMME)
    step = next((item for item in edition.steps if item.step_id == indicator.step_id), None)
    unit = voice.unit_of(indicator.unit, indicator.n_unit if indicator.counts else None)
    least = voice.unit(indicator.n_min, indicator.n_unit)
    limits = voice("indicator.limits.n", n=indicator.n_min, unit=least)
    if indicator.coverage_min:
        limits = voice("indicator.limits", limits=limits, coverage=voice.share(indicator.coverage_min))
    return IndicatorPage(
        indicator_id=indicator.indicator_id,
        name=voice.of(indicator.name),
        goal=indicator.goal_id,
        step_href=page.to("step", indicator.step_id),
        step=f"{indicator.step_id} {voice.of(step.text)}" if step else indicator.step_id,
        formula=voice.of(indicator.formula),
        version=indicator.version,
        unit=voice("indicator.unit.n", unit=unit) if indicator.unit == "n" else unit,
        group=voice(f"kind.{indicator.kind}"),
        kind=voice.code("indicator.type", indicator.type),
        direction=voice.code("indicator.direction", indicator.direction),
        measured_as=measured_as(edition, voice, indicator),
        protects=protection(voice, indicator),
        codes=codes_of(edition, voice, indicator),
        head=_head(edition, voice, page, indicator),
        companions=[
            _related(voice, page, item) for item in edition.indicators if item.of_indicator == indicator.indicator_id
        ],
        source=voice.of(indicator.source),
        limits=limits,
        notes=voice.of(indicator.notes),
        needs=[] if edition.is_measured(indicator.indicator_id) else needs(voice, page, indicator),
        whole=block(voice, facts, voice("programme.whole")) if facts.series else None,
        trace=trace(page, facts),
        parts=[found for kind in _PARTS if (found := _parts(edition, voice, page, indicator, kind)).rows],
    )


def _head(edition: Edition, voice: Voice, page: Page, indicator: Indicator) -> Related:
    """What a companion tells a second thing of; nowhere for the others."""
    found = (item for item in edition.indicators if item.indicator_id == indicator.of_indicator)
    return next((_related(voice, page, item) for item in found), Related("", ""))


def _related(voice: Voice, page: Page, item: Indicator) -> Related:
    return Related(f"{item.indicator_id} {voice.of(item.name)}", page.to("indicator", item.indicator_id))


def _parts(edition: Edition, voice: Voice, page: Page, indicator: Indicator, kind: str) -> Parts:
    scopes = [scope for scope in edition.scopes(indicator.indicator_id) if scope[0] == kind]
    rows = [_part(edition, voice, page, indicator, scope) for scope in scopes]
    rows.sort(key=lambda row: (row.group, row.name))
    return Parts(kind, voice(f"parts.{kind}"), voice(f"parts.{kind}.note"), rows)


def _part(edition: Edition, voice: Voice, page: Page, indicator: Indicator, scope: Scope) -> PartRow:
    group = ""
    if scope[0] == "pilot":
        pilot = next(item for item in edition.pilots if item.pilot_id == scope[1])
        found = edition.name_of(("subproject", pilot.subproject_id))
        group = voice.of(found) if found else ""
    name = scope_name(edition, voice, scope)
    return PartRow(name, group, page.to_scope(scope), figure(edition, voice, page, indicator, scope))
