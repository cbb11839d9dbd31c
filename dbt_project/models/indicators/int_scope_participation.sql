-- Participation since the start of the programme by scope, with how its days were judged.
with refresh as (
    select * from {{ ref('stg_refresh') }}
),

participations as (
    select participation.*
    from {{ ref('fct_participation') }} as participation
    inner join refresh on participation.activity_date >= refresh.programme_start
),

verdicts as (
    select
        event_date,
        bool_or(not success) as failed
    from {{ ref('stg_stream_verdict') }}
    where stream = 'participation'
    group by event_date
),

judged as (
    select
        participations.*,
        verdicts.failed,
        participations.actor_kind = 'company' and participations.size_class in ('micro', 'small', 'medium') as is_sme
    from participations
    left join verdicts on participations.activity_date = verdicts.event_date
),

final as (
    select
        'programme' as scope_type,
        'nms' as scope_id,
        judged.*
    from judged
    union all
    select
        'pilot' as scope_type,
        judged.pilot as scope_id,
        judged.*
    from judged
    where judged.pilot is not null
)

select * from final
