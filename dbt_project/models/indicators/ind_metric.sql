-- Inputs of the indicators that are a metric of the machines: the metric itself, as it is defined and judged.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where how = 'metric'
),

numbers as (
    select * from {{ ref('met_kpi_period') }}
),

metrics as (
    select * from {{ ref('dim_metric') }}
),

final as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'metric' as input_kind,
        numbers.metric_id as input_id,
        (numbers.numerator * metrics.scale / frame.scale)::decimal(28, 6) as numerator,
        numbers.denominator::decimal(28, 6) as denominator,
        coalesce(numbers.n, 0)::bigint as n,
        numbers.assessable as included,
        case split_part(numbers.reason, ':', 1)
            when 'coverage' then 'low_coverage'
            when 'n' then 'too_few'
            when 'zero' then 'no_denominator'
            when 'missing' then 'quantity_missing'
            when 'needs' then 'no_data'
        end as reason,
        numbers.newest_observed_at as input_at,
        null::boolean as failed
    from frame
    inner join numbers
        on
            frame.measured_of[1] = numbers.metric_id
            and frame.scope_type = numbers.scope_type
            and frame.scope_id = numbers.scope_id
            and frame.period_start = numbers.period_start
    inner join metrics on numbers.metric_id = metrics.metric_id
)

select * from final
