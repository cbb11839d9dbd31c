-- Inputs of G5.2d: each meeting since the programme began, with what it was told and what of that is told otherwise
-- now.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G5.2d'
),

meetings as (
    select * from {{ ref('stg_meeting') }}
),

final as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'meeting' as input_kind,
        meetings.meeting_id as input_id,
        meetings.restated::decimal(28, 6) as numerator,
        meetings.reported::decimal(28, 6) as denominator,
        meetings.reported::bigint as n,
        true as included,
        null::varchar as reason,
        meetings.frozen_at as input_at,
        null::boolean as failed
    from frame
    inner join meetings on meetings.meeting_day <= frame.period_end
)

select * from final
