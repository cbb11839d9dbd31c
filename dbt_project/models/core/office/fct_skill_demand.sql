with records as (
    select *
    from {{ ref('stg_skill_demand') }}
    {{ not_superseded(['demand_id']) }}
),

courses as (
    select * from {{ ref('fct_course') }}
),

employers as (
    select * from {{ ref('int_company') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.demand_id,
        records.org_nr,
        records.stated_on,
        records.skill_code,
        records.course_id,
        courses.starts_on as course_starts_on,
        records.subproject,
        null::varchar as pilot,
        null::varchar as testbed,
        coalesce(courses.regions, []) as regions,
        employers.company_region
    from records
    left join courses on records.course_id = courses.course_id
    left join employers on records.org_nr = employers.org_nr
)

select * from final
