-- Every metric of a run that it has any element of. What has not closed is shown as open, without a ratio.
{%- set metrics = metrics_in(['run']) %}
with elements as (
    select * from {{ ref('met_element_run') }}
),

runs as (
    select * from {{ ref('met_elements_run') }}
),

wide as (
    select
        run_id,
        {{ element_columns(metrics, '1', also=['KNOWN', 'CALENDAR']) | indent(8) }}
    from elements
    group by run_id
),

covered as (
    select
        *,
        case when calendar > 0 then least({{ ratio('known', 'calendar') }}, 1) end as coverage
    from wide
),

numbers as (
    select
        run_id,
        coverage,
        {{ metric_rows(metrics) | indent(8) }}
    from covered
),

reasoned as (
    select
        numbers.*,
        runs.equipment_id,
        runs.booked_day,
        runs.closed,
        case when not runs.closed then 'open' else {{ metric_reason() | indent(8) }} end as reason
    from numbers
    inner join runs on numbers.run_id = runs.run_id
    where numbers.is_told
),

final as (
    select
        metric_id,
        metric_version,
        run_id,
        equipment_id,
        booked_day,
        closed,
        case when reason is null then scale * (numerator / denominator) end as value,
        numerator,
        denominator,
        n,
        coverage,
        reason is null as assessable,
        reason
    from reasoned
)

select * from final
