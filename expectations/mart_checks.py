"""The promises of the marts as SQL: each query gives one row (violations, rows looked at, one example)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contracts.editions import EDITION_TABLES, EditionTable
from contracts.metrics import metrics
from contracts.registry import Registry


@dataclass(frozen=True)
class MartCheck:
    """One promise of a mart. `sql` returns (violations, elements, example); 0 violations are allowed."""

    check_id: str
    mart: str
    description_sv: str
    description_en: str
    sql: str


def key_checks() -> Iterator[MartCheck]:
    """The key of every edition table is never empty and stands once."""
    for table in EDITION_TABLES:
        yield _key_check(table)


def _key_check(table: EditionTable) -> MartCheck:
    keys = ", ".join(table.key)
    missing = " or ".join(f"{column} is null" for column in table.key)
    text = " || '/' || ".join(f"coalesce({column}::varchar, '–')" for column in table.key)
    return MartCheck(
        f"{table.name}.key",
        table.name,
        f"Nyckeln ({keys}) är aldrig tom och förekommer en gång.",
        f"The key ({keys}) is never empty and stands once.",
        f"""
        with grouped as (
            select {text} as example, count(*) as n, bool_or({missing}) as empty from {{{table.model}}} group by {keys}
        )
        select count(*) filter (where empty or n > 1), coalesce(sum(n), 0), min(example) filter (where empty or n > 1)
        from grouped
        """,
    )


def _rows(check_id: str, mart: str, sv: str, en: str, broken: str, example: str, where: str = "true") -> MartCheck:
    """A promise of every row: `broken` says which rows break it."""
    sql = f"""
        select count(*) filter (where {broken}), count(*), min({example}::varchar) filter (where {broken})
        from {{{mart}}} where {where}
    """
    return MartCheck(f"{mart}.{check_id}", mart, sv, en, sql)


def _outside(column: str, low: float | None, high: float | None) -> str:
    sides = [f"{column} {sign} {limit:g}" for sign, limit in (("<", low), (">", high)) if limit is not None]
    return f"({' or '.join(sides) or 'false'})"


def _out_of_limits(column: str) -> str:
    """A ratio of a month outside of what its definition says is logically possible."""
    metric = metrics()[_METRIC_OF.get(column, column)]
    low, high = (None if limit is None else limit / metric.scale for limit in (metric.range.low, metric.range.high))
    return _outside(column, low, high)


_SCOPE = "indicator_id || ' ' || scope_type || ' ' || scope_id"

#: The ratios of months, and those that are not named like the metric whose logical limits they have.
_RATIOS = ("availability", "effectiveness", "quality_ratio", "oee", "nee", "build_success_rate", "utilisation")
_METRIC_OF = {"utilisation": "machine_utilisation_of_planned"}
#: What a division in floating point may add to a limit that it reaches.
_ROUNDING = "1e-9"


def month_checks() -> Iterator[MartCheck]:
    """Elements and ratios of the monthly marts lie within what is logically possible."""
    for mart, key in (
        ("met_equipment_month", "equipment_id"),
        ("met_testbed_month", "testbed_id"),
        ("met_pilot_month", "pilot_id"),
    ):
        ratios = " or ".join([_outside("coverage", 0, 1), *(_out_of_limits(column) for column in _RATIOS)])
        yield _rows(
            "ratios", mart,
            "Kvoterna ligger inom sina logiska gränser (kvalitet, täckning och byggutfall 0–1, övriga ≥ 0).",
            "The ratios lie within their logical limits (quality, coverage and build success 0–1, others ≥ 0).",
            ratios, f"{key} || ' ' || period_start",
        )  # fmt: skip
        yield _rows(
            "elements", mart,
            "PBT ≤ POT, GQ ≤ PQ, inga negativa tider eller antal.",
            "PBT ≤ POT, GQ ≤ PQ, no negative times or quantities.",
            "pbt_s > pot_s or gq > pq or least(pot_s, pbt_s, apt_s, aust_s, adet_s, adot_s, run_s, pq, gq) < 0",
            f"{key} || ' ' || period_start",
        )  # fmt: skip
        yield _rows(
            "denominators", mart,
            "En kvot utan nämnare är tom, aldrig 0.",
            "A ratio without a denominator is empty, never 0.",
            "(coalesce(pbt_s, 0) = 0 and (availability is not null or oee is not null or nee is not null)) "
            "or (coalesce(pq, 0) = 0 and quality_ratio is not null) "
            "or (coalesce(builds_started, 0) = 0 and build_success_rate is not null)",
            f"{key} || ' ' || period_start",
        )  # fmt: skip


def metric_checks() -> Iterator[MartCheck]:
    """Numbers of metrics: a value or a reason, and within the limits of their definition."""
    mart, example = "met_kpi_period", "metric_id || ' ' || scope_type || ' ' || scope_id || ' ' || period_start"
    yield _rows(
        "assessable", mart,
        "Ett tal finns om och endast om det kan bedömas; annars finns en orsak.",
        "There is a number exactly when it is assessable; otherwise there is a reason.",
        "assessable is null or (value is not null) <> assessable or (reason is null) <> assessable "
        "or isnan(value) or isinf(value)", example,
    )  # fmt: skip
    out = f"v.value < d.minimum - {_ROUNDING} or v.value > d.maximum + {_ROUNDING} or d.metric_id is null"
    named = "v.metric_id || ' ' || v.scope_type || ' ' || v.scope_id || ' ' || v.period_start"
    yield MartCheck(
        f"{mart}.limits", mart,
        "Varje tal ligger inom sin definitions logiska gränser, och definitionen finns i samma version.",
        "Every number lies within the logical limits of its definition, which is there in the same version.",
        f"""
        select count(*) filter (where {out}), count(*), min({named}) filter (where {out})
        from {{{mart}}} v
        left join {{dim_metric}} d on v.metric_id = d.metric_id and v.metric_version = d.version
        """,
    )  # fmt: skip


def indicator_checks(registry: Registry) -> Iterator[MartCheck]:
    """Indicator values: a value or a reason, percent within 0–100, one latest, and every definition has its rows."""
    mart = "fct_indicator_value"
    yield _rows(
        "assessable", mart,
        "Ett värde finns om och endast om det kan bedömas; annars finns en orsak.",
        "There is a value exactly when it is assessable; otherwise there is a reason.",
        "assessable is null or (value is not null) <> assessable or (reason is null) <> assessable", _SCOPE,
    )  # fmt: skip
    yield _rows(
        "percent", mart,
        "Inget värde är negativt eller högre än definitionen tillåter.",
        "No value is negative, or higher than its definition allows.",
        " or ".join([_below(registry), "isnan(value)", "isinf(value)", *_beyond(registry)]),
        _SCOPE,
    )  # fmt: skip
    yield _rows(
        "context", mart,
        "Antal underlag, täckning, kvalitetsläge och tidpunkt står vid varje värde.",
        "Number of inputs, coverage, quality state and as-of stand with every value.",
        "(n is null and assessable) or n < 0 or coverage not between 0 and 1 or as_of is null "
        "or period_end < period_start "
        "or quality_state is null or quality_state not in ('passed', 'warned', 'unjudged')",
        _SCOPE,
    )  # fmt: skip
    yield from _suppressed(mart)
    yield _inputs_add_up(mart)
    yield MartCheck(
        f"{mart}.latest", mart,
        "Varje indikator har exakt en senaste period per omfång.",
        "Every indicator has exactly one latest period per scope.",
        f"""
        with scopes as (
            select {_SCOPE} as example, count(*) filter (where is_latest) as n from {{{mart}}} group by all
        )
        select count(*) filter (where n <> 1), count(*), min(example) filter (where n <> 1) from scopes
        """,
    )  # fmt: skip
    wanted = ", ".join(f"('{item.id}', '{item.version}')" for item in registry.indicators if "programme" in item.scope)
    if wanted:
        yield _all_there(mart, wanted)


def _below(registry: Registry) -> str:
    """The condition for a value below 0; a change and a statistic of others may be."""
    signed = ", ".join(f"'{item.id}'" for item in registry.indicators if item.type in ("DLT", "CTX"))
    return f"(value < 0 and indicator_id not in ({signed}))" if signed else "value < 0"


def _beyond(registry: Registry) -> Iterator[str]:
    """Conditions for values above the logical limits of their definitions."""
    for item in registry.indicators:
        if item.value_max is not None:
            yield f"(indicator_id = '{item.id}' and value > {item.value_max:g})"


def _suppressed(mart: str) -> Iterator[MartCheck]:
    """One threshold (`n_min`): what stands on fewer has neither parts nor number, also in its inputs."""
    parts = "v.numerator is not null or v.denominator is not null or v.n is not null"
    few = "v.n < d.n_min and not ((d.type = 'CUM' or d.how = 'distinct') and (d.protects = 'none' or v.n = 0))"
    broken = f"({few}) or ((v.reason = 'too_few' or v.n is null) and ({parts}))"
    yield MartCheck(
        f"{mart}.suppressed", mart,
        "Ett värde på för få underlag visar varken täljare, nämnare eller antal.",
        "A value on too few inputs shows neither numerator, denominator nor their number.",
        f"""
        select count(*) filter (where {broken}), count(*),
               min(v.indicator_id || ' ' || v.scope_type || ' ' || v.scope_id) filter (where {broken})
        from {{{mart}}} v
        inner join {{dim_indicator}} d on v.indicator_id = d.indicator_id and v.indicator_version = d.version
        """,
    )  # fmt: skip
    told = "v.n is null and (i.included or i.numerator is not null or i.denominator is not null)"
    yield MartCheck(
        "fct_indicator_input.suppressed", "fct_indicator_input",
        "Underlagen till ett värde på för få visar inte vad de bidrar med.",
        "The inputs of a value on too few do not show what they add.",
        f"""
        select count(*) filter (where {told}), count(*), min(i.indicator_id || ' ' || i.input_id) filter (where {told})
        from {{fct_indicator_input}} i
        inner join {{{mart}}} v using (indicator_id, scope_type, scope_id, period_start)
        """,
    )  # fmt: skip


def _inputs_add_up(mart: str) -> MartCheck:
    key = ("indicator_id", "scope_type", "scope_id", "period_start")
    same = " and ".join(f"s.{column} = v.{column}" for column in key)
    wrong = " or ".join(
        f"abs(coalesce(v.{part}, 0) - coalesce(s.{part}, 0)) > 1e-6 * greatest(1, abs(coalesce(v.{part}, 0)))"
        for part in ("numerator", "denominator")
    )
    return MartCheck(
        f"{mart}.inputs",
        mart,
        "De underlag som räknas blir tillsammans värdets täljare och nämnare.",
        "The inputs that count add up to the numerator and denominator of their value.",
        f"""
        with summed as (
            select {", ".join(key)}, sum(numerator) as numerator, sum(denominator) as denominator
            from {{fct_indicator_input}} where included group by {", ".join(key)}
        ),
        judged as (
            select v.indicator_id || ' ' || v.scope_type || ' ' || v.scope_id || ' ' || v.period_start as example,
                   {wrong} as wrong
            from {{{mart}}} v
            left join summed s on {same}
            inner join {{dim_indicator}} d on v.indicator_id = d.indicator_id and v.indicator_version = d.version
            where v.assessable and d.how not in ('median', 'median_per_subject', 'gap')
        )
        select count(*) filter (where wrong), count(*), min(example) filter (where wrong) from judged
        """,
    )


def _all_there(mart: str, wanted: str) -> MartCheck:
    return MartCheck(
        f"{mart}.complete",
        mart,
        "Varje indikator i registret har ett värde eller en orsak för hela programmet, i rätt version.",
        "Every indicator of the registry has a value or a reason for the whole programme, in the right version.",
        f"""
        with wanted(indicator_id, version) as (values {wanted}),
        missing as (
            select indicator_id from wanted w
            where not exists (
                from {{{mart}}} v
                where v.indicator_id = w.indicator_id and v.indicator_version = w.version and v.scope_type = 'programme'
            )
        )
        select (select count(*) from missing), (select count(*) from wanted), (select min(indicator_id) from missing)
        """,
    )


def progress_checks() -> Iterator[MartCheck]:
    """Progress uses the value that is shown, and a status word that exists."""
    mart = "fct_indicator_progress"
    yield _rows(
        "status", mart,
        "Läget är ett av de fem orden, och ’kan inte bedömas’ när värdet saknas.",
        "The status is one of the five words, and 'not assessable' when there is no value.",
        "status is null or status not in ('ahead', 'on_track', 'at_risk', 'behind', 'not_assessable') "
        "or (value is null and status <> 'not_assessable')", _SCOPE,
    )  # fmt: skip
    yield MartCheck(
        f"{mart}.value", mart,
        "Framstegets värde är indikatorns värde för samma period.",
        "The value of the progress is the indicator's value of the same period.",
        f"""
        select count(*) filter (where v.indicator_id is null or v.value is distinct from p.value),
               count(*), min(p.indicator_id || ' ' || p.scope_type || ' ' || p.scope_id)
                   filter (where v.indicator_id is null or v.value is distinct from p.value)
        from {{{mart}}} p
        left join {{fct_indicator_value}} v
            on v.indicator_id = p.indicator_id and v.scope_type = p.scope_type and v.scope_id = p.scope_id
            and v.period_start = p.period_start
        where p.period_start is not null
        """,
    )  # fmt: skip


def allocation_checks() -> Iterator[MartCheck]:
    """No machine works more than whole for its pilots on any day."""
    mart = "fct_allocation"
    yield MartCheck(
        f"{mart}.share", mart,
        "Andelarna för en maskin är tillsammans högst 1 varje dag.",
        "The shares of a machine are together at most 1 on every day.",
        f"""
        with days as (
            select a.equipment_id, a.valid_from, sum(b.share) as share
            from {{{mart}}} a
            inner join {{{mart}}} b
                on a.equipment_id = b.equipment_id and a.valid_from between b.valid_from and b.valid_to
            group by a.pilot_id, a.equipment_id, a.valid_from
        )
        select count(*) filter (where share > 1.000000001), count(*),
               min(equipment_id || ' ' || valid_from) filter (where share > 1.000000001)
        from days
        """,
    )  # fmt: skip
