"""Asks the warehouse for the unprotected cells of the breakdown tables; nothing keeps them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from bruk.disclosure.cells import Cell, CellId
from bruk.warehouse import ask
from contracts.disclosure import TableDefinition


def unprotected_cells(warehouse: Path, tables: Iterable[TableDefinition]) -> dict[CellId, Cell]:
    """Every cell with contributors: its value, how many they are, and the two largest contributions.

    Raises TransientError while another process writes the warehouse, UsageError when it lacks a mart.
    """
    cells: dict[CellId, Cell] = {}
    for table in tables:
        _, rows = ask(warehouse, cells_query(table))
        for *at, value, contributors, largest, second in rows:
            coordinates = dict(zip(table.columns, at, strict=True))
            cells[CellId.of(table.measure, coordinates)] = Cell(value, contributors, largest, second or 0)
    return cells


def cells_query(table: TableDefinition) -> str:
    """One row per cell: its coordinates (null for a total), value, contributors, largest and second contribution.

    A record that stands in several values of an overlapping dimension is taken once in their total.
    """
    columns = ", ".join(table.columns)
    amount = {"subjects": "1::bigint", "records": "1::bigint", "sum": table.of}[table.how]
    record = table.subject if table.how == "subjects" else table.record
    return f"""
        with records as (
            select {columns}, {table.subject} as subject, {record} as record, any_value({amount}) as amount
            from {table.mart}
            group by subject, record, cube({columns})
        ),
        subjects as (
            select {columns}, subject, sum(amount) as amount
            from records
            group by all
        )
        select {columns}, sum(amount) as value, count(*) as contributors,
            max(amount) as largest, (max(amount, 2))[2] as second
        from subjects
        group by all
        order by all
    """
