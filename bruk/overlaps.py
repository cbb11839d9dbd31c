"""Says of a table whose parts overlap by how much they add up to more than its total: no reader should find it out."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from bruk.disclosure.protection import Protected
from contracts.disclosure import TableDefinition

_SPACE = "\N{NO-BREAK SPACE}"


def excess(table: TableDefinition, cells: Sequence[Protected]) -> tuple[Decimal, Decimal] | None:
    """By how much the parts are more than the total, and the total, both in the table's unit.

    None where the table tells of no overlap, has no total, or hides a cell: then its parts cannot be added up either.
    """
    column = next((item.column for item in table.dimensions if item.overlapping), None)
    margins = [one for one in cells if one.cell.columns <= {column}]
    total = next((one.value for one in margins if not one.cell.at), None)
    parts = [one.value for one in margins if one.cell.at]
    if table.overlap is None or total is None or any(part is None for part in parts):
        return None
    return sum((Decimal(part) for part in parts if part is not None), Decimal()) - Decimal(total), Decimal(total)


def overlap_told(table: TableDefinition, cells: Sequence[Protected]) -> dict[str, str | None]:
    """`overlap_sv` and `overlap_en`: the sentence with its numbers; None where the parts are no more than the total."""
    if table.overlap and not table.tells_excess:
        return {"overlap_sv": table.overlap.sv, "overlap_en": table.overlap.en}
    found = excess(table, cells)
    if table.overlap is None or found is None or not found[0]:
        return {"overlap_sv": None, "overlap_en": None}
    more, total = (f"{number:,.0f}" for number in found)
    swedish = {"excess": _amount(more, _SPACE, table), "total": _amount(total, _SPACE, table)}
    english = {"excess": _amount(more, ",", table), "total": _amount(total, ",", table)}
    return {"overlap_sv": table.overlap.sv.format(**swedish), "overlap_en": table.overlap.en.format(**english)}


def _amount(number: str, group: str, table: TableDefinition) -> str:
    unit = "" if table.unit == "1" else f"{_SPACE}{table.unit}"
    return number.replace(",", group) + unit
