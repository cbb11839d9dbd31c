"""The pages as files: complete in both languages, linked, honest about what is not known."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.errors import StateError
from contracts.streams import load_streams
from scorecards.links import Page
from scorecards.quoting import quoting
from scorecards.reader import read_edition
from scorecards.records import Contact, Words
from scorecards.render import render, render_read
from tests.editions_fixture import build_edition, write_gate
from tests.scorecards.conftest import URLS
from tests.scorecards.html_reader import read_page

#: The files that the office fills in.
SHEETS = {
    f"{stream.template.file}.{ending}"
    for stream in load_streams().values()
    if stream.template
    for ending in ("xlsx", "csv")
}


#: Names of places, and of a kind of programme, that English has no other word for.
PLACES = {"Gävleborg", "Värmland", "Borlänge", "Vinnväxt"}


def all_pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_page_exists_in_both_languages(pages):
    expected = [
        ("programme", ""),
        ("quality", ""),
        ("guide", ""),
        ("definitions", ""),
        ("meetings", ""),
        ("changes", ""),
        ("pack", ""),
        ("goal", "1"),
        ("goal", "5"),
        ("pilot", "stable-line"),
    ]
    expected += [("testbed", "testbed-gav"), ("indicator", "G1.1a"), ("indicator", "G5.2a")]
    for kind, about in expected:
        assert (pages / Page("sv", kind, about).path).is_file()
        assert (pages / Page("en", kind, about).path).is_file()
    singles, months = 10, 4 + 3  # of pilots and testbeds: the small one measures nothing else
    assert len(all_pages(pages)) == 2 * (singles + 5 + 25 + 125 + 5 + 3 + 4 + 3 + 5 + months)
    assert (pages / "mal/1/index.html").is_file()
    assert (pages / "en/quality/index.html").is_file()


@pytest.mark.parametrize("site", ["pages", "blocked_pages", "empty_pages"])
def test_every_page_nests_and_every_id_stands_once(site, request):
    for file in all_pages(request.getfixturevalue(site)):
        page = read_page(file)
        assert page.problems == [], file
        assert len(page.ids) == len(set(page.ids)), file


@pytest.mark.parametrize("site", ["pages", "empty_pages"])
def test_every_link_is_relative_and_leads_to_a_page_and_a_place_that_exist(site, request):
    root = request.getfixturevalue(site)
    read = {file: read_page(file) for file in all_pages(root)}
    for file, page in read.items():
        for link in page.links:
            if link in URLS.values():
                continue
            address, _, place = link.partition("#")
            if address.endswith((".xlsx", ".csv")):  # the sheets lie beside the pages, and are written with them
                assert address.split("/")[-1] in SHEETS, (file, link)
                continue
            target = (file.parent / address).resolve() if address else file
            assert not address.startswith(("/", "http")), (file, link)
            assert target in read, (file, link)
            assert not place or place in read[target].ids, (file, link)


def test_a_page_is_one_file_that_loads_nothing_and_runs_no_script(pages):
    for file in all_pages(pages):
        page = read_page(file)
        assert "script" not in page.tags
        assert page.resources == ["data:,"], file
        assert "url(" not in file.read_text(encoding="utf-8")


def test_a_web_server_is_told_which_styles_stand_in_the_pages(pages):
    allowed = (pages / "style-src.txt").read_text(encoding="utf-8").split()
    assert len(allowed) == 3
    for file in all_pages(pages):
        html = file.read_text(encoding="utf-8")
        for style in re.findall(r"<style>(.*?)</style>", html, re.DOTALL):
            digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in allowed, file
        assert " style=" not in html, "a style attribute would need a policy of its own"


def test_the_other_language_of_a_page_is_the_same_page(pages):
    for file in all_pages(pages):
        page = read_page(file)
        other = [link for link in page.links if "en/" in link or "../" in link]
        assert other, file
    swedish = (pages / "pilot/stable-line/index.html").read_text(encoding="utf-8")
    assert 'href="../../en/pilot/stable-line/index.html" lang="en"' in swedish
    english = (pages / "en/pilot/stable-line/index.html").read_text(encoding="utf-8")
    assert 'href="../../../pilot/stable-line/index.html" lang="sv"' in english


def test_english_pages_hold_no_swedish_and_swedish_pages_no_english(pages):
    swedish = re.compile(r"\b(och|inte|månad|Mål|Täckning|Kontroller|Underlag)\b")
    english = re.compile(r"\b(the|not|Goal|Coverage|Checks|Inputs)\b")
    for file in all_pages(pages):
        html = re.sub(r'(?s)<(span|a)[^>]* lang="(sv|en)".*?</\1>', "", file.read_text(encoding="utf-8"))
        text = re.sub(r"(?s)<style>.*?</style>|<code>.*?</code>|<[^>]+>", " ", html)
        text = re.sub("the column does not exist", " ", text)
        in_english = file.relative_to(pages).parts[0] == "en"
        wrong = swedish if in_english else english
        assert not wrong.search(text), (file, wrong.search(text))
        assert not in_english or set(re.findall(r"\w*[åäöÅÄÖ]\w*", text)) <= PLACES, file


def test_numbers_are_written_as_the_language_writes_them(pages):
    swedish = read_page(pages / "kvalitet/index.html").text
    english = read_page(pages / "en/quality/index.html").text
    assert "48\u00a0213" in (pages / "kvalitet/index.html").read_text(encoding="utf-8")
    assert "48 213" in swedish
    assert "48,213" in english
    assert "44,0 %" in read_page(pages / "mal/3/index.html").text
    assert "44.0%" in read_page(pages / "en/goal/3/index.html").text


def test_what_cannot_be_assessed_says_so_with_its_reason_and_is_neither_red_nor_zero(pages):
    html = (pages / "mal/4/index.html").read_text(encoding="utf-8")
    row = next(part for part in html.split("<tr>") if "G4.3b" in part).split("</tr>")[0]
    assert 'class="pill not_assessable"' in row
    assert "Kan inte bedömas" in row
    assert "För få underlag: färre än 5 företag" in row
    assert 'class="number"' not in row
    assert "behind" not in row


def test_a_value_on_too_few_shows_neither_its_parts_nor_how_few_they_are(pages):
    for page, said in (("indikator", "färre än 5"), ("en/indicator", "fewer than 5")):
        html = (pages / page / "G4.3b/index.html").read_text(encoding="utf-8")
        months = [row for row in html.split("<tr>") if f'<td class="num">{said}</td>' in row and "<td>" in row]
        assert months
        assert all('<td class="num">–</td></tr>' in row for row in months)


def test_a_month_that_cannot_be_assessed_stands_in_the_table_in_words(pages):
    text = read_page(pages / "manad-for-manad/pilot-packing-flow/index.html").text
    assert "Kan inte bedömas För låg täckning: 41,0 %, minst 80,0 % krävs" in text


def test_a_value_with_a_fallen_check_says_so_and_links_to_the_quality_page(pages):
    html = (pages / "pilot/stable-line/index.html").read_text(encoding="utf-8")
    assert '<a class="warned" href="../../kvalitet/index.html">Anmärkning finns</a>' in html


def test_what_nobody_has_reported_says_which_sheet_and_columns_would_bring_it_and_leads_to_the_sheet(pages):
    step = (pages / "steg/2.5/index.html").read_text(encoding="utf-8")
    assert '<a href="../../mallar/index.html#utbildningar">mallen ”Utbildningar”</a>' in step
    assert '(kolumnen <span lang="sv">”Platser”</span>)' in step
    english = (pages / "en/step/2.5/index.html").read_text(encoding="utf-8")
    assert '<a href="../../templates/index.html#utbildningar">the template “Courses”</a>' in english


def test_what_no_sheet_brings_names_the_machines_or_runs_that_would(pages):
    assert "Behöver data från testbäddens maskiner" in read_page(pages / "indikator/G1.3b/index.html").text
    assert "Behöver körningar från testbädden" in read_page(pages / "indikator/G4.2b/index.html").text


def test_a_companion_stands_under_its_indicator_and_leads_back_to_it(pages):
    rows = re.findall(r'<tr( class="companion")?><th scope="row"><a href="[^"]*/(G1\.5a2?)/', (
        pages / "mal/1/index.html").read_text(encoding="utf-8"))  # fmt: skip
    assert rows == [("", "G1.5a"), (' class="companion"', "G1.5a2")]
    assert "../../indikator/G1.5a/index.html" in read_page(pages / "indikator/G1.5a2/index.html").links


def test_every_number_opens_to_the_command_that_follows_it_to_its_messages(pages):
    assert "bruk trace G3.4e --period 2026-10" in read_page(pages / "indikator/G3.4e/index.html").text
    months = read_page(pages / "manad-for-manad/pilot-stable-line/index.html").text
    assert "bruk trace G3.4e --scope pilot:stable-line --period 2026-10" in months


def test_one_of_a_thing_is_not_called_several(pages):
    for file in all_pages(pages):
        text = read_page(file).text
        wrong = re.search(
            r"(?<![\d,.\u00a0 /])1 (maskiner|organisationer|körningar|piloter|rader|machines|runs|companies)\b", text
        )
        assert wrong is None, (file, wrong)


def test_coverage_that_does_not_apply_is_not_shown_as_a_dash(pages):
    assert "Täckning gäller inte" in read_page(pages / "indikator/G1.1a/index.html").text


def test_a_printed_sheet_names_the_demonstration_the_edition_and_its_page(pages, empty_pages):
    sheet = (pages / "index.html").read_text(encoding="utf-8").split("<style>")[2]
    assert 'content: "DEMONSTRATION' in sheet
    assert "20261123T214000Z-412" in sheet
    assert '"Sida " counter(page) " av " counter(pages)' in sheet
    assert (
        "DEMONSTRATION"
        not in (empty_pages / "index.html").read_text(encoding="utf-8").split("<style>")[2].split("</style>")[0]
    )


def test_every_status_stands_as_a_word_beside_its_colour(pages):
    for file in all_pages(pages):
        for _, inside in re.findall(r'<span class="pill (\w+)">(.*?)</span>', file.read_text(encoding="utf-8")):
            assert re.sub(r"<svg.*?</svg>", "", inside).strip(), file


def test_a_blocked_gate_is_said_on_every_page_with_since_why_and_which_edition_is_shown(blocked_pages):
    for file in all_pages(blocked_pages):
        text = read_page(file).text
        if file.relative_to(blocked_pages).parts[0] == "en":
            assert "New data was stopped at the gate" in text
            assert "24 November 2026 00:10" not in text
            assert "23 November 2026 23:10" in text
            assert "Checks that did not hold:" in text
            assert "no negative times or quantities" in text
        else:
            assert "Nya data har stoppats i kontrollen" in text
            assert "Kontroller som inte klarades:" in text
            assert "Sedan 23 november 2026 23:10" in text
            assert "inga negativa tider eller antal" in text
        assert "20261123T214000Z-412" in text


@pytest.mark.parametrize("lang", ["sv", "en"])
def test_a_banner_names_the_check_and_its_example_as_the_runbook_promises(blocked_pages, lang):
    text = read_page(blocked_pages / Page(lang, "programme").path).text
    assert "met_testbed_month.elements: testbed-dal 2026-11-01" in re.sub(r"\s+:", ":", text)


def test_moments_are_told_in_the_time_zone_of_the_site(tmp_path):
    folder = build_edition(tmp_path / "e", time_zone="Europe/Helsinki")
    render(folder, write_gate(tmp_path / "status", "blocked"), tmp_path / "site", {})
    assert "Sedan 24 november 2026 00:10" in read_page(tmp_path / "site" / "index.html").text


def test_a_published_gate_shows_no_banner(pages):
    assert all('class="banner"' not in file.read_text(encoding="utf-8") for file in all_pages(pages))


def test_a_demonstration_says_so_on_every_page_and_a_real_site_never(pages, empty_pages):
    assert all("DEMONSTRATION" in read_page(file).text for file in all_pages(pages))
    assert all("DEMONSTRATION" not in read_page(file).text for file in all_pages(empty_pages))


def test_every_footer_names_edition_time_and_definition_versions(pages):
    for file in all_pages(pages):
        text = read_page(file).text
        assert "20261123T214000Z-412" in text
        assert re.search(
            "102 indikatorer, i version 1 utom G1.1a v2|102 indicators, in version 1 except G1.1a v2", text
        )
    assert "Data till och med 23 november 2026 22:40" in read_page(pages / "index.html").text


def test_an_edition_without_any_run_or_value_renders_and_claims_nothing(empty_pages):
    assert len(all_pages(empty_pages)) == 2 * (10 + 5 + 25 + 125 + 5 + 3 + 4 + 3 + 5)
    text = read_page(empty_pages / "index.html").text
    assert "%" not in text
    assert "mäts inte ännu" in text.lower()
    assert "Inga körningar i den här utgåvan." in read_page(empty_pages / "pilot/stable-line/index.html").text


def test_customers_of_runs_are_never_shown(pages):
    assert all("559900" not in file.read_text(encoding="utf-8") for file in all_pages(pages))


def test_words_from_the_registry_are_escaped(tmp_path):
    pilots = [("evil", '<script>alert("x")</script> & co', "A & B", "innovation", ["dalarna"])]
    edition = build_edition(tmp_path / "e", pilots=pilots, override={"fct_allocation": []})
    render(edition, tmp_path / "gate.json", tmp_path / "site", {})
    html = (tmp_path / "site/pilot/evil/index.html").read_text(encoding="utf-8")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_the_front_page_is_small(pages):
    assert (pages / "index.html").stat().st_size < 150_000


def test_the_same_edition_renders_to_the_same_bytes(edition, pages, tmp_path):
    render(edition, write_gate(tmp_path / "status"), tmp_path / "site", URLS)
    for file in all_pages(pages):
        assert (tmp_path / "site" / file.relative_to(pages)).read_bytes() == file.read_bytes()


def test_an_edition_with_a_missing_table_is_refused_by_name(tmp_path):
    edition = build_edition(tmp_path / "e")
    (edition / "fct_run.parquet").unlink()
    with pytest.raises(StateError) as caught:
        render(edition, tmp_path / "gate.json", tmp_path / "site", {})
    assert "fct_run" in str(caught.value)


def test_english_text_says_of_each_quotation_from_a_sheet_that_it_is_swedish(pages):
    html = (pages / "en/indicator/G5.3b/index.html").read_text(encoding="utf-8")
    assert 'Template <span lang="sv">Beslut och rekommendationer</span>, decisions and recommendations' in html
    assert '(<span lang="sv">Slag</span> = <span lang="sv">Möte</span>, ' in html
    assert "lang=" not in quoting("Mallen Beslut och rekommendationer (Slag = Möte)", "sv")
    assert quoting("A pilot counts once. Status", "en") == "A pilot counts once. Status", (
        "words that both languages have"
    )


def test_the_page_of_templates_has_each_in_both_forms_with_who_fills_it_in(pages):
    for name, word in (("mallar", "Den som höll i aktiviteten"), ("en/templates", "Whoever held the activity")):
        page = read_page(pages / name / "index.html")
        assert {link.split("/")[-1] for link in page.links if link.endswith((".xlsx", ".csv"))} == SHEETS
        assert word in page.text
    assert '<a href="mallar/index.html">Mallar</a>' in (pages / "index.html").read_text(encoding="utf-8")


def test_whom_to_ask_stands_on_the_guide_and_the_statement_or_that_nobody_is_named(pages, rich_edition, tmp_path):
    for name in ("sa-laser-du", "tillganglighet"):
        assert "De här sidorna anger ingen att fråga." in read_page(pages / name / "index.html").text
    read = read_edition(rich_edition, rich_edition / "no-gate")
    office = Contact(Words("Kontoret", "The office"), "fraga@example.org", "+46 23-00 00 00")
    render_read(replace(read, manifest=replace(read.manifest, contact=office), made={}), tmp_path, URLS, "open")
    for name, word in (("sa-laser-du", "Kontoret"), ("en/accessibility", "The office")):
        html = (tmp_path / name / "index.html").read_text(encoding="utf-8")
        assert f'{word}, <a href="mailto:fraga@example.org">fraga@example.org</a>, ' in html
        assert '<a href="tel:+4623000000">+46 23-00 00 00</a>' in html
