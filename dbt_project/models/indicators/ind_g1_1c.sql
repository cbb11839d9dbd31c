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

-- One verdict per organisation and month: the newest size that a record has said by then, of whatever activity. A
-- record that does not say it changes nothing, so that no organisation is an SME in one line and not in the next.
sizes as (
    select
        frame.period_start,
        known.org_nr,
        arg_max(known.is_sme, row(known.activity_date, known.received_at, known.event_id)) as is_sme
    from frame
    inner join {{ ref('int_scope_participation') }} as known
        on known.scope_type = 'programme' and frame.period_end >= known.activity_date
    where known.is_sme is not null
    group by frame.period_start, known.org_nr
),

windowed as (
    select
        frame.indicator_id,
        frame.period_start,
        participations.* exclude (is_sme),
        coalesce(sizes.is_sme, false) as is_sme,
        min(participations.activity_date) over (
            partition by frame.scope_type, frame.scope_id, frame.period_start, participations.org_nr,
                participations.activity_id
        ) as first_date
    from frame
    inner join participations
        on
            frame.scope_type = participations.scope_type
            and frame.scope_id = participations.scope_id
            and participations.activity_date <= frame.period_end
            and participations.activity_date >= frame.period_start - interval 11 month
    left join sizes on frame.period_start = sizes.period_start and participations.org_nr = sizes.org_nr
),

-- An activity of many days is one activity.
numbered as (
    select
        *,
        dense_rank() over (
            partition by scope_type, scope_id, period_start, org_nr
            order by first_date, activity_id
        ) as activity_number,
        row_number() over (
            partition by scope_type, scope_id, period_start, org_nr, activity_id
            order by activity_date, event_id
        ) as record_number
    from windowed
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
    from numbered
)

select * from final
