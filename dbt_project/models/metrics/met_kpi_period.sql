-- Every metric of every scope and month: sums are divided once, and what is not known is not a number.
{%- set metrics = metrics_in(['equipment', 'testbed', 'pilot', 'programme']) %}
with sums as (
    select * from {{ ref('met_element_period') }}
),

evidence as (
    select * from {{ ref('int_period_evidence') }}
),

refresh as (
    select * from {{ ref('stg_refresh') }}
),

wide as (
    select
        scope_type,
        scope_id,
        period_start,
        {{ element_columns(metrics, 'machines', also=['KNOWN', 'POT']) | indent(8) }}
    from sums
    group by scope_type, scope_id, period_start
),

covered as (
    select
        *,
        case when pot > 0 and pot_missing = 0 then least({{ ratio('known', 'pot') }}, 1) end as coverage
    from wide
),

numbers as (
    select
        scope_type,
        scope_id,
        period_start,
        coverage,
        {{ metric_rows(metrics) | indent(8) }}
    from covered
),

reasoned as (
    select
        *,
        {{ metric_reason() | indent(8) }} as reason
    from numbers
    where list_contains(scopes, scope_type)
),

final as (
    select
        reasoned.metric_id,
        reasoned.metric_version,
        reasoned.scope_type,
        reasoned.scope_id,
        reasoned.period_start,
        (reasoned.period_start + interval 1 month - interval 1 day)::date as period_end,
        case
            when reasoned.reason is null then reasoned.scale * (reasoned.numerator / reasoned.denominator)
        end as value,
        reasoned.numerator,
        reasoned.denominator,
        reasoned.n,
        reasoned.coverage,
        evidence.newest_observed_at,
        greatest(date_diff(
            'second',
            evidence.newest_observed_at,
            least(refresh.as_of, {{ local_instant('(reasoned.period_start + interval 1 month)') }})
        ), 0)::bigint as freshness_s,
        reasoned.reason is null as assessable,
        reasoned.reason
    from reasoned
    cross join refresh
    left join evidence
        on
            reasoned.scope_type = evidence.scope_type
            and reasoned.scope_id = evidence.scope_id
            and reasoned.period_start = evidence.period_start
)

select * from final
