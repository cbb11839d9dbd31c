-- Inputs of G5.2a: each pilot that was active in the month; assessable when covered, fresh, and no check of it fell.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G5.2a'
),

pilots as (
    select * from {{ ref('dim_pilot') }}
),

months as (
    select * from {{ ref('int_scope_month') }}
    where scope_type = 'pilot'
),

evidence as (
    select * from {{ ref('int_scope_evidence') }}
    where scope_type = 'pilot'
),

judged as (
    select
        frame.*,
        pilots.pilot_id,
        evidence.newest_input_at,
        case
            when evidence.newest_input_at is null then 'no_data'
            when coalesce(months.coverage, 0) < frame.data_coverage_min then 'low_coverage'
            when
                evidence.newest_input_at
                < least(frame.as_of, frame.ends_at) - to_days(frame.data_max_age_days::integer)
                then 'stale'
            when evidence.failed_checks > 0 then 'failed_check'
        end as reason
    from frame
    inner join pilots on pilots.valid_from <= frame.period_end and frame.period_start <= pilots.valid_to
    left join months on pilots.pilot_id = months.scope_id and frame.period_start = months.period_start
    left join evidence on pilots.pilot_id = evidence.scope_id and frame.period_start = evidence.period_start
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        'pilot' as input_kind,
        pilot_id as input_id,
        (reason is null)::int::decimal(28, 6) as numerator,
        1::decimal(28, 6) as denominator,
        1::bigint as n,
        true as included,
        reason,
        newest_input_at as input_at,
        null::boolean as failed
    from judged
)

select * from final
