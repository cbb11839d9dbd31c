-- Inputs of G3.4a: of each testbed the whole months from the period's end to the last day that a grant for it covers.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G3.4a'
),

grants as (
    select * from {{ ref('fct_funding') }}
    where is_grant and testbed is not null and period_to is not null
),

longest as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        frame.period_end,
        grants.event_id,
        grants.period_to,
        grants.received_at,
        row_number() over (
            partition by frame.scope_type, frame.scope_id, frame.period_start, grants.testbed
            order by grants.period_to desc, grants.event_id asc
        ) as place
    from frame
    inner join grants
        on
            (frame.scope_type = 'programme' or frame.scope_id = grants.testbed)
            and grants.status_date <= frame.period_end
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        'funding' as input_kind,
        event_id as input_id,
        case
            when place = 1
                then greatest(date_sub('month', period_end + interval 1 day, period_to + interval 1 day), 0)
            else 0
        end::decimal(28, 6) as numerator,
        (place = 1)::int::decimal(28, 6) as denominator,
        (place = 1)::int::bigint as n,
        place = 1 as included,
        case when place > 1 then 'ends_earlier' end as reason,
        received_at as input_at,
        null::boolean as failed
    from longest
)

select * from final
