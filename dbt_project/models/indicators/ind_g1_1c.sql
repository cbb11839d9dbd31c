-- Inputs of G1.1c: SMEs by their knowledge activities in the last 12 months; the first makes the denominator, the
-- second the numerator.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G1.1c'
),

participations as (
    select * from {{ ref('int_scope_participation') }}
    where activity_kind = 'knowledge'
),

windowed as (
    select
        frame.indicator_id,
        frame.period_start,
        participations.*,
        dense_rank() over (
            partition by frame.scope_type, frame.scope_id, frame.period_start, participations.org_nr
            order by participations.activity_date, participations.activity_id
        ) as activity_number,
        row_number() over (
            partition by
                frame.scope_type, frame.scope_id, frame.period_start, participations.org_nr,
                participations.activity_date, participations.activity_id
            order by participations.event_id
        ) as record_number
    from frame
    inner join participations
        on
            frame.scope_type = participations.scope_type
            and frame.scope_id = participations.scope_id
            and participations.activity_date <= frame.period_end
            and participations.activity_date > frame.period_end - interval 12 month
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        'participation' as input_kind,
        event_id as input_id,
        (is_sme and activity_number = 2 and record_number = 1)::int::decimal(28, 6) as numerator,
        (is_sme and activity_number = 1 and record_number = 1)::int::decimal(28, 6) as denominator,
        (is_sme and activity_number = 1 and record_number = 1)::int::bigint as n,
        is_sme and activity_number <= 2 and record_number = 1 as included,
        case
            when not is_sme then 'not_sme'
            when activity_number > 2 or record_number > 1 then 'repeat'
        end as reason,
        received_at as input_at,
        failed
    from windowed
)

select * from final
