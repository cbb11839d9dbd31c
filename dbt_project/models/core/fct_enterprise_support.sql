-- One row per supported participation of an enterprise and region of its activity, with what is known of the enterprise
-- today: its newest size, county and municipality, so that each enterprise has one of each.
with refresh as (
    select * from {{ ref('stg_refresh') }}
),

participations as (
    select participation.*
    from {{ ref('fct_participation') }} as participation
    inner join refresh on participation.activity_date >= refresh.programme_start
    where participation.actor_kind = 'company'
),

enterprises as (
    select
        org_nr,
        last(size_class order by activity_date, received_at, event_id) filter (where size_class is not null)
            as size_class,
        last(county order by activity_date, received_at, event_id) filter (where county is not null) as county,
        last(municipality order by activity_date, received_at, event_id) filter (where municipality is not null)
            as municipality
    from participations
    group by org_nr
),

final as (
    select
        participations.event_id,
        participations.org_nr,
        participations.activity_date,
        participations.subproject,
        participations.support_type,
        unnest(case when len(participations.regions) > 0 then participations.regions else ['unknown'] end)
            as activity_region,
        coalesce(enterprises.size_class, 'unknown') as size_class,
        coalesce(enterprises.county, 'unknown') as county,
        coalesce(enterprises.municipality, 'unknown') as municipality,
        coalesce(participations.hours, 0)::decimal(18, 3) as hours
    from participations
    inner join enterprises on participations.org_nr = enterprises.org_nr
    where participations.support_type is not null
)

select * from final
