with participations as (
    select * from {{ ref('stg_participation') }}
),

-- A later record with the same natural key supersedes an earlier one.
newest as (
    select *
    from participations
    qualify row_number() over (
        partition by org_nr, activity_id, activity_date
        order by received_at desc, segment desc, spool_offset desc, record desc
    ) = 1
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
