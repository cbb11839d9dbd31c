"""The page of a testbed: its machines with their coverage, its key figures by month, its indicators."""

from __future__ import annotations

from dataclasses import dataclass

from scorecards.edition import Edition
from scorecards.figures import Figure, figure
from scorecards.links import Page
from scorecards.records import Equipment, Testbed
from scorecards.views.key_figures import KeyFigures, key_figures
from scorecards.views.machine import Strip, coverage_of_days
from scorecards.views.maturity import Maturity, maturity
from scorecards.voice import Voice


@dataclass(frozen=True)
class MachineLine:
    """A machine with its coverage by day, and the way to its own page where the reader may see it."""

    name: str
    href: str
    kind: str
    pilots: str
    strip: Strip


@dataclass(frozen=True)
class TestbedPage:
    name: str
    region: str
    region_href: str
    municipality: str
    kind: str
    months: str
    kpis: KeyFigures
    machines: list[MachineLine]
    figures: list[Figure]
    maturity: Maturity


def testbed_page(edition: Edition, voice: Voice, page: Page, testbed: Testbed) -> TestbedPage:
    """One testbed."""
    region = edition.regions.get(testbed.region_id)
    scope = ("testbed", testbed.testbed_id)
    figures = [figure(edition, voice, page, item, scope) for item in edition.indicators_of(scope)]
    return TestbedPage(
        name=voice.of(testbed.name),
        region=voice.of(region.name) if region else testbed.region_id,
        region_href=page.to("region", testbed.region_id) if region else "",
        municipality=testbed.municipality,
        kind=voice.code("testbed_kind", testbed.kind),
        months=page.to("months", f"testbed-{testbed.testbed_id}") if figures else "",
        kpis=key_figures(edition, voice, page, scope),
        machines=[_machine(edition, voice, page, item) for item in edition.machines_of(testbed.testbed_id)],
        figures=figures,
        maturity=maturity(edition, voice, testbed.testbed_id),
    )


def _machine(edition: Edition, voice: Voice, page: Page, machine: Equipment) -> MachineLine:
    pilots = {item.pilot_id for item in edition.allocations if item.equipment_id == machine.equipment_id}
    return MachineLine(
        name=voice.of(machine.name),
        href=page.to("machine", machine.equipment_id),
        kind=voice.code("equipment_kind", machine.kind),
        pilots=", ".join(voice.of(pilot.name) for pilot in edition.pilots if pilot.pilot_id in pilots) or "–",
        strip=coverage_of_days(edition, voice, machine),
    )
