"""What an office may get wrong in a template is refused with sheet, row, column and cure, and stops no other row."""

from __future__ import annotations

import pytest

from bruk.office.template import TemplateSheet
from ingestion.rejection import Rejection
from tests.ingestion.office.filled import TEMPLATES, filled, text_file, workbook
from tests.ingestion.office.mistakes import ROW, Mistake, as_csv, as_workbook, mistakes
from tests.ingestion.office.reading import Reading, read, read_rows

CASES = [
    pytest.param(sheet, one, id=f"{sheet.stream}: {one}") for sheet in TEMPLATES.values() for one in mistakes(sheet)
]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Reading:
    return Reading(tmp_path_factory.mktemp("office"))


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_each_template_can_be_filled_in_wrongly_in_ten_ways_and_more(template: TemplateSheet) -> None:
    found = list(mistakes(template))

    assert len(found) >= 10
    assert len([one for one in found if not one.only_xlsx]) >= 10


@pytest.mark.parametrize(("template", "mistake"), CASES)
def test_a_mistake_is_told_with_sheet_row_column_and_cure(
    reading: Reading, template: TemplateSheet, mistake: Mistake
) -> None:
    name = template.file_name("xlsx")
    judge(template, mistake, template.template.sheet, read(reading, as_workbook(template, mistake), name))
    if not mistake.only_xlsx:
        name = template.file_name("csv")
        judge(template, mistake, template.template.file, read(reading, as_csv(template, mistake), name))


def judge(template: TemplateSheet, mistake: Mistake, sheet: str, outcome: tuple[int, list[Rejection]]) -> None:
    """One refusal that says all there is to say; and of a wrong row, the neighbours that came in."""
    accepted, (refused,) = outcome
    heading = mistake.column and template.columns[_index(mistake.column)].heading if mistake.row == ROW else ""
    words = refused.words()

    assert refused.code == mistake.code
    place = f", kolumn {mistake.column}" if mistake.column else ""
    assert words.sv.startswith(f"Blad ”{sheet}”, rad {mistake.row}{place}{f' ({heading})' if heading else ''}: ")
    assert words.en.startswith(f"Sheet '{sheet}', row {mistake.row}{place.replace('kolumn', 'column')}")
    assert mistake.cure in words.cure_sv
    assert "{" not in "".join(words)
    assert "–" not in words.cure_en
    assert accepted == (2 if mistake.row == ROW else 0)


def _index(letter: str) -> int:
    return sum((ord(sign) - 64) * 26**power for power, sign in enumerate(reversed(letter))) - 1


def test_a_word_that_is_nearly_right_is_told_the_right_one(reading: Reading) -> None:
    template = TEMPLATES["participation"]
    rows = filled(template)
    at = next(n for n, column in enumerate(template.columns) if column.heading == "Storleksklass")
    rows[0][at] = "Medlestort"

    _, (refused,) = read(reading, workbook(template, rows), "lista.xlsx")

    assert refused.words().cure_sv == "Välj ett av: Mikro, Litet, Medelstort, Stort. Menade du ”Medelstort”?"
    assert refused.words().cure_en.endswith("Did you mean 'Medelstort'?")


def test_a_pilot_may_be_called_by_its_name_and_one_misspelled_is_told_which_was_meant(reading: Reading) -> None:
    template = TEMPLATES["participation"]
    rows = filled(template)
    at = next(n for n, column in enumerate(template.columns) if column.heading == "Pilot")
    rows[0][at], rows[1][at] = "pilot  AM-spare-parts", "am-spare-prats"

    accepted, (refused,) = read_rows(reading, workbook(template, rows), "lista.xlsx")

    assert [row.values["pilot"] for row in accepted] == ["am-spare-parts", "am-spare-parts4"]
    assert refused.code == "E_CELL_REGISTRY"
    assert "Menade du ”am-spare-parts”?" in refused.words().cure_sv


def test_the_other_wrong_cells_of_a_row_are_named_with_the_first(reading: Reading) -> None:
    template = TEMPLATES["participation"]
    rows = filled(template)
    for name in ("Storleksklass", "Timmar"):
        rows[0][next(n for n, column in enumerate(template.columns) if column.heading == name)] = "vet ej"

    _, (refused,) = read(reading, workbook(template, rows), "lista.xlsx")

    assert refused.words().cure_sv.endswith("På samma rad är också fel: Timmar.")


def test_a_list_with_headings_of_its_own_is_refused_with_the_templates_that_there_are(reading: Reading) -> None:
    _, (refused,) = read(reading, "Förnamn;Efternamn;Ort\r\nEva;Exempel;Falun\r\n".encode("cp1252"), "personal.csv")

    assert refused.code == "E_SHEET_UNKNOWN"
    assert "Eva" not in str(refused.facts)
    assert "Förnamn" not in str(refused.facts)  # where nothing is known, what stands first may be a person
    assert "Deltagarlista" in refused.words().cure_sv


def test_a_list_without_headings_says_nothing_of_what_stands_in_it(reading: Reading) -> None:
    template = TEMPLATES["participation"]
    rows = "\r\n".join(text_file(template, filled(template)).decode("cp1252").split("\r\n")[1:])

    _, (refused,) = read(reading, rows.encode(), "lista.csv")

    assert refused.code == "E_SHEET_UNKNOWN"
    assert "559900" not in str(refused.words())
