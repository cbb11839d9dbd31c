with participations as (
    select * from {{ ref('stg_participation') }}
),

newest as (
    select *
    from participations
    {{ not_superseded(['org_nr', 'activity_id', 'activity_date']) }}
),

final as (
    select
        event_id,
        org_nr,
        activity_id,
        activity_date,
        activity_kind,
        actor_kind,
        size_class,
        county,
        municipality,
        subproject,
        pilot,
        support_type,
        role,
        hours::decimal(18, 3) as hours,
        received_at
    from newest
)

select * from final
