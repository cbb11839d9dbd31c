-- What the inputs of a value come to: sums above and below the line, or the one number that is no quotient of sums.
with inputs as (
    select * from {{ ref('int_indicator_input') }}
),

counted as (
    select
        inputs.*,
        frame.how
    from {{ ref('int_counted_input') }} as inputs
    inner join {{ ref('int_indicator_frame') }} as frame
        on
            inputs.indicator_id = frame.indicator_id
            and inputs.scope_type = frame.scope_type
            and inputs.scope_id = frame.scope_id
            and inputs.period_start = frame.period_start
    where frame.how in ('median', 'median_per_subject', 'gap')
),

subjects as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        case when how = 'median_per_subject' then subject else input_id end as subject,
        sum(numerator) as amount
    from counted
    where how in ('median', 'median_per_subject')
    group by all
),

medians as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        quantile_cont(amount::double, 0.5) as told,
        null::bigint as told_n
    from subjects
    group by indicator_id, scope_type, scope_id, period_start
),

-- A difference of two shares stands on the smaller of the two groups; where nobody completed anything, the share is 0.
gaps as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        abs(
            {{ ratio(
                'coalesce(sum(numerator) filter (where place = 1), 0)', 'sum(denominator) filter (where place = 2)'
            ) }}
            - {{ ratio(
                'coalesce(sum(numerator) filter (where place = 3), 0)', 'sum(denominator) filter (where place = 4)'
            ) }}
        ) * 100 as told,
        least(
            coalesce(sum(n) filter (where place = 2), 0),
            coalesce(sum(n) filter (where place = 4), 0)
        )::bigint as told_n
    from counted
    where how = 'gap'
    group by indicator_id, scope_type, scope_id, period_start
),

told as (
    select * from medians
    union all
    select * from gaps
),

sums as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        sum(numerator) filter (where included) as numerator,
        sum(denominator) filter (where included) as denominator,
        sum(n)::bigint as n,
        max(input_at) filter (where included) as newest_input_at,
        count(*) filter (where failed) as failed_inputs,
        count(failed) as judged_inputs,
        count(*) filter (
            where reason in ('quantity_missing', 'planned_time_missing', 'calendar_missing', 'factor_missing')
        ) as incomplete_inputs,
        min(reason) filter (where input_kind = 'metric' and not included) as metric_reason
    from inputs
    group by indicator_id, scope_type, scope_id, period_start
),

final as (
    select
        sums.* exclude (n),
        coalesce(told.told_n, sums.n) as n,
        told.told
    from sums
    left join told
        on
            sums.indicator_id = told.indicator_id
            and sums.scope_type = told.scope_type
            and sums.scope_id = told.scope_id
            and sums.period_start = told.period_start
)

select * from final
