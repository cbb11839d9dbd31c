"""Takes out of a new edition the values that month by month, or with earlier editions, would tell of single persons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import structlog

from bruk.disclosure.cells import Cell
from bruk.disclosure.series import Key, Measured, tell
from bruk.disclosure.shares import withheld_shares
from bruk.warehouse import ask
from contracts.counted import counted
from contracts.disclosure import About, Rules
from contracts.indicators import Indicator
from contracts.site import Site

log = structlog.get_logger()

#: Taking part in a publicly funded project is public: how many enterprises do, by these; by county it is a breakdown.
_PUBLIC = frozenset({"programme", "subproject", "pilot"})
#: What the definitions protect and sum up or count, and what they form of such sums.
_HOWS, _SHARES = ("distinct", "sum"), ("share", "ratio", "gap", "median", "median_per_subject")
_KEY = ["indicator_id", "scope_type", "scope_id", "period_start"]
_CONTRIBUTIONS = """
    with contributions as (
        select i.indicator_id, i.scope_type, i.scope_id, i.period_start, i.protected, sum(i.numerator) as amount
        from indicators.int_counted_input i
        where i.indicator_id in ({listed}) and i.protected is not null
        group by all
    )
    select indicator_id, scope_type, scope_id, period_start, sum(amount), count(*), max(amount), (max(amount, 2))[2]
    from contributions group by all order by all
"""
_BEHIND = """
    select i.indicator_id, i.scope_type, i.scope_id, i.period_start, i.protected, sum(i.numerator), sum(i.denominator)
    from indicators.int_counted_input i
    where i.indicator_id in ({listed}) and i.protected is not null
    group by all order by all
"""
_EMPTIED = ("value", "numerator", "denominator", "n")


def write_protected_values(site: Site, rules: Rules, earlier: Sequence[Path], folder: Path) -> int:
    """Empties the withheld values of the tables in `folder`, with the reason `withheld`; returns how many.

    Their progress is not assessable. The inputs of every hidden value that protects somebody, withheld or on too few,
    leave the table: also a list without numbers can be counted. All of these have one reason: which of two hidden
    values is the small one would bound both. `earlier`: editions that readers have, the oldest first. Raises
    TransientError while another process writes the warehouse.
    """
    values = pq.read_table(folder / "fct_indicator_value.parquet", partitioning=None)
    before = [_values_of(edition) for edition in earlier]
    withheld = _withheld_counts(site, rules, values, before) | _withheld_shares(site, rules, values, before)
    log.info("values_protected", withheld=len(withheld))
    if withheld:
        _empty(folder, values, withheld)
    protected = {item.id for item in site.registry.indicators if item.protects != "none"}
    _say_one_reason(folder, protected)
    _unlist(folder, protected)
    return len(withheld)


def _withheld_counts(site: Site, rules: Rules, values: pa.Table, earlier: Sequence[pa.Table]) -> set[Key]:
    protected = {item.id: _measured(item) for item in _protected(site, _HOWS)}
    counts = {item.id: _of_enterprises(item) for item in site.registry.indicators if _counts_enterprises(item)}
    measured = protected | counts
    if not measured:
        return set()
    shown = _told(values, measured)
    cells = {key: cell for key, cell in shown.items() if key.indicator in counts and cell.value}
    cells |= {key: cell for key, cell in _cells(site.paths.warehouse, protected) if key in shown}
    before = [_told(table, measured) for table in earlier]
    return {one.key for one in tell(cells, measured, before, rules) if one.why is not None}


def _withheld_shares(site: Site, rules: Rules, values: pa.Table, earlier: Sequence[pa.Table]) -> set[Key]:
    minimum = {item.id: rules.of(_about(item)).minimum for item in _protected(site, _SHARES)}
    if not minimum:
        return set()
    behind: dict[Key, dict[Hashable, Hashable]] = defaultdict(dict)
    names = ", ".join(f"'{name}'" for name in minimum)
    for *key, person, numerator, denominator in ask(site.paths.warehouse, _BEHIND.format(listed=names))[1]:
        behind[Key(*key)][person] = numerator, denominator
    before = [_told(table, minimum) for table in earlier]
    return withheld_shares(behind, _told(values, minimum), minimum, before)


def _protected(site: Site, hows: Sequence[str]) -> list[Indicator]:
    return [item for item in site.registry.indicators if item.protects != "none" and item.measure.how in hows]


def _about(item: Indicator) -> About:
    return "persons" if item.protects == "persons" else "enterprises"


def _measured(item: Indicator) -> Measured:
    """A record names one subproject and one region of its company at the most: its amounts add up over them."""
    sums = item.measure.how == "sum"
    return Measured(
        about=_about(item),
        whole=not sums,
        cumulative=item.measure.over == "since_start",
        additive=frozenset({"subproject", "company_region"} & set(item.scope) if sums else ()),
    )


def _counts_enterprises(item: Indicator) -> bool:
    """A count of enterprises that is not protected in every scope: by county it is, as in the breakdowns."""
    subjects = {counted()[element].subject for element in item.measure.of if element in counted()}
    enterprises = bool(subjects) and all(subject.endswith("org_nr") for subject in subjects)
    return enterprises and item.protects == "none" and item.measure.how == "distinct" and not {*item.scope} <= _PUBLIC


def _of_enterprises(item: Indicator) -> Measured:
    return Measured(about="enterprises", cumulative=item.measure.over == "since_start", public=_PUBLIC)


def _cells(warehouse: Path, listed: Iterable[str]) -> Iterable[tuple[Key, Cell]]:
    names = ", ".join(f"'{name}'" for name in listed)
    _, rows = ask(warehouse, _CONTRIBUTIONS.format(listed=names))
    for indicator, scope_type, scope_id, period, value, contributors, largest, second in rows:
        yield Key(indicator, scope_type, scope_id, period), Cell(value, contributors, largest, second or 0)


def _values_of(edition: Path) -> pa.Table:
    return pq.read_table(edition / "fct_indicator_value.parquet", partitioning=None)


def _told(values: pa.Table, measured: Iterable[str]) -> dict[Key, Cell]:
    """What a table of values tells of these indicators: the value, and how many stand behind it."""
    mine = pc.and_(values["assessable"], pc.is_in(values["indicator_id"], value_set=pa.array(list(measured))))
    rows = values.filter(mine).select([*_KEY, "value", "n"]).to_pylist()
    return {Key(*(row[c] for c in _KEY)): Cell(row["value"], row["n"] or 0) for row in rows}


def _empty(folder: Path, values: pa.Table, withheld: set[Key]) -> None:
    emptied = dict.fromkeys(_EMPTIED) | {"assessable": False, "reason": "withheld"}
    _rewrite(folder / "fct_indicator_value.parquet", values, withheld, emptied)
    progress = pq.read_table(folder / "fct_indicator_progress.parquet", partitioning=None)
    unknown = {"value": None, "progress": None, "status": "not_assessable"}
    _rewrite(folder / "fct_indicator_progress.parquet", progress, withheld, unknown)


def _say_one_reason(folder: Path, protected: set[str]) -> None:
    values = _values_of(folder)
    mine = pc.is_in(values["indicator_id"], value_set=pa.array(sorted(protected), pa.string()))
    few = pc.and_(mine, pc.fill_null(pc.equal(values["reason"], "too_few"), False))
    at = values.schema.get_field_index("reason")
    said = pc.if_else(few, pa.scalar("withheld", values.schema.field(at).type), values["reason"])
    values = values.set_column(at, values.schema.field(at), said)
    pq.write_table(values, folder / "fct_indicator_value.parquet", compression="zstd")


def _unlist(folder: Path, protected: set[str]) -> None:
    """Takes out the inputs of what is withheld, and of `protected` values that do not say on how many they stand."""
    values = _values_of(folder)
    mine = pc.is_in(values["indicator_id"], value_set=pa.array(sorted(protected), pa.string()))
    withheld = pc.fill_null(pc.equal(values["reason"], "withheld"), False)
    hidden = values.filter(pc.or_(withheld, pc.and_(mine, pc.is_null(values["n"])))).select(_KEY)
    file = folder / "fct_indicator_input.parquet"
    inputs = pq.read_table(file, partitioning=None)
    placed = inputs.select(_KEY).append_column("place", pa.array(range(inputs.num_rows), pa.int64()))
    kept = placed.join(hidden, keys=_KEY, join_type="left anti").sort_by("place")["place"]
    pq.write_table(inputs.take(kept), file, compression="zstd")


def _rewrite(file: Path, table: pa.Table, withheld: set[Key], emptied: Mapping[str, Any]) -> None:
    """The table with these columns changed where the key is withheld; other rows and their order stay."""
    keys = zip(*(table[column].to_pylist() for column in _KEY), strict=True)
    hit = pa.array([Key(*key) in withheld for key in keys], pa.bool_())
    for name, value in emptied.items():
        at, kind = table.schema.get_field_index(name), table.schema.field(name).type
        changed = pc.if_else(hit, pa.scalar(value, kind), table[name])
        table = table.set_column(at, table.schema.field(name), changed)
    pq.write_table(table, file, compression="zstd")
