-- Participation since the start of the programme in every scope that it names, with how its days were judged.
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

scoped as (
    select
        participations.*,
        verdicts.failed,
        unnest(list_concat(
            {{ one_scope('programme', "'nms'") }},
            {{ one_scope('subproject', 'participations.subproject') }},
            {{ region_scopes('participations.regions') }},
            {{ one_scope('pilot', 'participations.pilot') }}
        )) as scope
    from participations
    left join verdicts on participations.activity_date = verdicts.event_date
),

final as (
    select
        scoped.scope.type as scope_type,
        scoped.scope.id as scope_id,
        scoped.event_id,
        scoped.org_nr,
        scoped.activity_id,
        scoped.activity_date,
        scoped.activity_kind,
        scoped.is_sme,
        scoped.received_at,
        scoped.failed
    from scoped
)

select * from final
