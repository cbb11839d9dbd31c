"""The live page in a real Chromium: accessible and whole at every width, without scripts, by itself fresh, on A4."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from contracts.site import Site
from ingestion.live.app import make_app
from ingestion.live.state import LiveState
from tests.ingestion.live.serving import serving
from tests.ingestion.live.small_site import SECOND, site_in_every_state, topic_of
from tests.ingestion.spooling import envelope, reading, spool
from tests.sites import NOON, clock_at

PATHS = {"sv": "/live/", "en": "/live/en/"}
STATES = {
    "dal-press-1": ("sänder", "sends"),
    "dal-mill-1": ("sen", "late"),
    "dal-printer-1": ("tyst", "silent"),
    "dal-oven-1": ("vilar enligt plan", "at rest by plan"),
    "dal-lathe-1": ("aldrig hörd", "never heard"),
    "dal-saw-1": ("sänder i filer", "sends in files"),
}


@dataclass(frozen=True)
class Served:
    """A site whose live page answers at `address`."""

    site: Site
    address: str


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """The follower's own application."""
    site = site_in_every_state(tmp_path)
    with serving(make_app(LiveState(site, clock_at()))) as address:
        yield Served(site, address)


def opened(browser: Browser, served: Served, lang: str = "sv", width: int = 1280) -> Page:
    """The page once everything in the spools has been read: the file counts as heard last."""
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(served.address + PATHS[lang])
    expect(page.locator("article.card.late")).to_have_count(1, timeout=15_000)
    return page


@pytest.mark.parametrize("width", [1280, 820, 390])
@pytest.mark.parametrize("lang", PATHS)
def test_axe_finds_nothing_and_nothing_sticks_out(browser, served, lang, width):
    page = opened(browser, served, lang, width)
    for closed in page.locator("details").all():
        closed.evaluate("element => element.open = true")
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.close()
    assert [(item["id"], item["nodes"][0]["html"]) for item in found] == []
    assert wide == 0


@pytest.mark.parametrize(("lang", "column"), [("sv", 0), ("en", 1)])
def test_every_state_is_said_in_a_word(browser, served, lang, column):
    page = opened(browser, served, lang)
    for machine, words in STATES.items():
        expect(page.locator(f"article[aria-labelledby=e-{machine}] .state")).to_contain_text(words[column])
    page.close()


def test_an_operator_sees_what_was_refused_of_the_own_machine_and_what_to_do(browser, served):
    page = opened(browser, served, width=390)
    card = page.locator("article[aria-labelledby=e-dal-press-1]")
    card.locator("summary", has_text="Avvisat: 2 senaste dygnet, 2 totalt").click()
    expect(card).to_contain_text("varm")
    expect(card).to_contain_text("Så rättar du det")
    other = page.locator("section", has=page.get_by_role("heading", name="Avvisat utan känd maskin"))
    expect(other).not_to_contain_text("order vecka 47.csv")
    files = page.locator("section", has=page.get_by_role("heading", name="Inlämnade filer"))
    expect(files).to_contain_text("1 godkänd, 2 avvisade")
    page.close()


def test_old_data_in_a_new_file_does_not_look_like_news(browser, served):
    page = opened(browser, served)
    saw = page.locator("article[aria-labelledby=e-dal-saw-1]")
    expect(saw).to_contain_text("Senaste filen kom")
    expect(saw).to_contain_text("Nyaste uppgift i en fil")
    expect(saw).to_contain_text("2026-10-01 09:00:00 äldre än väntat")
    expect(saw).not_to_contain_text("Senaste minuten")
    page.close()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("sv", ("Luckor i numreringen", "Saknas: nummer 0", "enhet gw-dal, boot 7")),
        ("en", ("Gaps in the numbering", "Missing: number 0", "device gw-dal, boot 7")),
    ],
)
def test_a_gap_is_shown_with_device_numbers_and_since_when(browser, served, lang, words):
    page = opened(browser, served, lang, 390)
    card = page.locator("article[aria-labelledby=e-dal-press-1]")
    card.locator("summary", has_text=words[0]).click()
    for word in (*words[1:], "2026-11-24 12:59:58"):
        expect(card).to_contain_text(word)
    page.close()


@pytest.mark.parametrize(
    ("lang", "now", "over", "nobody"),
    [
        ("sv", "MQTT-servern kastade 3 meddelanden.", "Fräs 1 är tyst", "ingen mottagare är angiven"),
        ("en", "The broker dropped 3 messages.", "Mill 1 is silent", "no address is stated"),
    ],
)
def test_alerts_that_stand_come_first_and_those_that_are_over_last(browser, served, lang, now, over, nobody):
    page = opened(browser, served, lang)
    standing = page.locator("section[aria-labelledby=alerts-now]")
    history = page.locator("section[aria-labelledby=alerts-title]")
    expect(standing).to_contain_text(now)
    expect(history).to_contain_text(over)
    expect(history).to_contain_text(nobody)
    page.close()


def test_queue_drops_test_and_disk_of_the_platform_are_shown(browser, served):
    page = opened(browser, served)
    platform = page.locator("section[aria-labelledby=platform-title]")
    thin = "\u202f"
    for words in (
        f"1{thin}250 meddelanden 0,1 % av gränsen", f"2{thin}000 av 2{thin}000 QoS 1 och 500 av 500 QoS 0", "% använt",
        "provmeddelandet kom inte fram till mottagaren", f"12{thin}345 meddelanden",
    ):  # fmt: skip
        expect(platform).to_contain_text(words)
    page.close()


def test_the_page_updates_by_itself(browser, served):
    page = opened(browser, served)
    state = page.locator("article[aria-labelledby=e-dal-lathe-1] .state")
    expect(state).to_contain_text("aldrig hörd")
    spool(served.site, envelope(topic_of("lathe-1"), reading(40.0), received_ns=NOON - SECOND))
    expect(state).to_contain_text("sänder", timeout=20_000)
    page.close()


def test_with_scripts_off_the_last_known_state_is_shown(browser, served):
    opened(browser, served).close()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()
    page.goto(served.address + "/live/")
    expect(page.locator("article.card")).to_have_count(len(STATES))
    expect(page.locator("article.card.sends .state").first).to_contain_text("sänder")
    expect(page.get_by_role("button")).to_have_count(0)
    context.close()


def test_a_page_that_lost_its_server_says_so_and_keeps_the_last_state(browser, served):
    page = opened(browser, served)
    page.route("**/live/", lambda route: route.abort())
    expect(page.locator("#lost")).to_contain_text("Ingen kontakt", timeout=15_000)
    expect(page.locator("article.card")).to_have_count(len(STATES))
    page.close()


def test_it_prints_on_a4_and_every_sheet_says_that_it_is_a_demonstration(browser, served, tmp_path):
    page = opened(browser, served)
    page.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True, print_background=True)
    page.close()
    sheets = PdfReader(tmp_path / "page.pdf").pages
    texts = [sheet.extract_text() for sheet in sheets]
    assert len(sheets) <= 4
    assert abs(sheets[0].mediabox.width - 595) < 2
    assert all("DEMONSTRATION" in text for text in texts)
    assert re.search(r"Så rättar du det", "".join(texts)), "what was refused is open on paper"
    assert "Pausa" not in texts[0]
