-- Inputs of G1.1a: each participation that is a knowledge activity; the first of an organisation counts, later ones repeat it.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G1.1a'
),

participations as (
    select * from {{ ref('int_scope_participation') }}
),

counted as (
    select
        participations.*,
        row_number() over (
            partition by participations.scope_type, participations.scope_id, participations.org_nr
            order by participations.activity_date, participations.event_id
        ) as occurrence
    from participations
    where participations.activity_kind = 'knowledge'
),

final as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'participation' as input_kind,
        counted.event_id as input_id,
        (counted.occurrence = 1)::int::decimal(28, 6) as numerator,
        null::decimal(28, 6) as denominator,
        (counted.occurrence = 1)::int::bigint as n,
        counted.occurrence = 1 as included,
        case when counted.occurrence > 1 then 'repeat' end as reason,
        counted.received_at as input_at,
        counted.failed
    from frame
    inner join counted
        on
            frame.scope_type = counted.scope_type
            and frame.scope_id = counted.scope_id
            and frame.period_end >= counted.activity_date
)

select * from final
