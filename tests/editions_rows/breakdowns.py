"""Rows of breakdowns with shown and hidden cells, and of the maturity of testbeds."""

from __future__ import annotations

from datetime import date
from itertools import product
from zlib import crc32

from contracts.disclosure import ALL, TableDefinition, table_list
from tests.editions_rows.site import Invented, Row

_VALUES = {
    "subproject": ["additive-manufacturing", "challenge-lab", "innovation", "process-maturity", "skills-supply"],
    "activity_region": ["dalarna", "gavleborg", "varmland"],
    "county": ["dalarna", "gavleborg", "stockholm", "varmland"],
    "size_class": ["micro", "small", "medium", "unknown"],
    "municipality": ["Borlänge", "Falun", "Karlstad", "Sandviken"],
    "activity_kind": ["knowledge", "support", "network"],
    "actor_kind": ["company", "research", "public"],
    "gender": ["woman", "man", "other"],
    "age_band": ["15-24", "25-34", "35-44"],
    "skill_type": ["technical", "green"],
}
#: Told by no edition yet: the whole table.
_WITHHELD = "support_hours_by_subproject"


def breakdowns() -> dict[str, list[Row]]:
    """Every table of the product; about a third of the inner cells are hidden, and one whole table is withheld."""
    listed = table_list()
    tables, cells = [], []
    for table in listed.tables:
        cells += _cells(table)
        minimum = 0 if table.about == "public" else listed.rules.of(table.about).minimum
        row: Row = {
            "table_id": table.id, "measure": table.measure, "name_sv": table.name.sv, "name_en": table.name.en,
            "about": table.about, "how": table.how, "unit": table.unit, "minimum": minimum,
            "withheld": table.id == _WITHHELD, "columns": list(table.columns),
            "overlap_sv": _overlap(table.overlap.sv) if table.overlap else None,
            "overlap_en": _overlap(table.overlap.en) if table.overlap else None,
            "column_names_sv": [item.name.sv for item in table.dimensions],
            "column_names_en": [item.name.en for item in table.dimensions],
        }  # fmt: skip
        for name in ("hidden", "left_out", "withheld"):
            said = listed.words.filled(name, table.about, minimum)
            row |= {f"{name}_sv": said.sv, f"{name}_en": said.en}
        tables.append(row)
    return {"tab_table": tables, "tab_cell": cells}


def _overlap(words: str) -> str:
    return words.format(excess="40 kr", total="240 kr")


def _cells(table: TableDefinition) -> list[Row]:
    made = []
    for at in product(*([*_VALUES[column], ALL] for column in table.columns)):
        chance = crc32("/".join(at).encode()) % 9
        inner = sum(value != ALL for value in at)
        told = table.about == "public" or not inner or chance > 2
        state = "shown" if told else "left_out" if chance == 0 else "hidden"
        made.append(
            {
                "table_id": table.id, **{f"d{n}": value for n, value in enumerate([*at, "", ""][:3], 1)},
                "value": None if state != "shown" else float(240 // (inner * 2 + 1) + chance), "state": state,
                "last_value": 7 if state == "left_out" else None,
            }
        )  # fmt: skip
    return made


def maturity(site: Invented) -> dict[str, list[Row]]:
    """What testbeds say of themselves in two dimensions, the last of them nothing; what data shows in two months."""
    said = [
        {
            "testbed_id": row[0], "model": "acatech", "model_version": "2020", "dimension": dimension,
            "assessor_type": "self", "level": 2 + place, "first_level": 2 if place else None,
            "assessed_on": date(2026, 9, 14),
        }
        for row in site.testbeds[:-1]
        for place, dimension in enumerate(("Information Systems", "Resources"))
    ]  # fmt: skip
    shown = [
        {
            "testbed_id": row[0], "period_start": month, "acatech_stage": stage, "numerator": part,
            "denominator": None if part is None else 100, "share": None if part is None else part / 100,
        }
        for row in site.testbeds
        for month in site.months[-3:]
        for stage, part in ((2, 100), (3, 93), (4, None))
    ]  # fmt: skip
    return {"fct_maturity_level": said, "fct_maturity_evidence": shown}
