"""Which code of a funder's list an indicator is reported as, with the official name and unit that held on a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


@dataclass(frozen=True)
class Code:
    """One code of a list (2014-2020, 2021-2027) and the indicator whose number is reported as it is."""

    indicator_id: str
    list: str
    code: str
    name: dict[str, str]
    unit: dict[str, str]


def codes(folder: Path, day: date) -> list[Code]:
    """The codes whose relation to an indicator is `equal`, as the lists said on `day`, in order of list and code.

    What is merely near (`similar`, `nearest`) is never reported under a code. Empty in an edition without lists.
    """
    if not (folder / "dim_indicator_code.parquet").exists():
        return []
    official = {(row["code_list"], row["code"]): row for row in _rows(folder, "dim_erdf_code") if _holds(row, day)}
    equal = [row for row in _rows(folder, "dim_indicator_code") if row["relation"] == "equal"]
    found = [_code(row, official[key]) for row in equal if (key := (row["code_list"], row["code"])) in official]
    return sorted(found, key=lambda one: (one.list, one.code, one.indicator_id))


def _code(row: dict[str, Any], official: dict[str, Any]) -> Code:
    name = {"sv": official["name_sv"], "en": official["name_en"]}
    unit = {"sv": official["unit_sv"], "en": official["unit_en"]}
    return Code(row["indicator_id"], row["code_list"], row["code"], name, unit)


def _holds(row: dict[str, Any], day: date) -> bool:
    return row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"])


def _rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return found
