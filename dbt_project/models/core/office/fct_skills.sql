-- Who learned, by the newest record. What a person has said of the own background is joined here, told in sums only.
with records as (
    select *
    from {{ ref('stg_skills') }}
    {{ not_superseded(['person', 'course_id']) }}
),

backgrounds as (
    select *
    from {{ ref('stg_skills_background') }}
    {{ not_superseded(['person']) }}
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
        records.person,
        records.org_nr,
        records.course_id,
        records.kind,
        records.s3_area,
        records.skill_type,
        records.started_on,
        records.completed_on,
        records.hours::decimal(18, 3) as hours,
        records.working_time_hours::decimal(18, 3) as working_time_hours,
        records.gender,
        records.age_band,
        backgrounds.born_abroad,
        records.testbed_practice,
        records.placed_on,
        (records.started_on + interval 6 month)::date as match_judged_on,
        coalesce(records.placed_on <= records.started_on + interval 6 month, false) as placed_in_time,
        records.followed_up_on,
        records.in_industry,
        records.outcome_measured,
        coalesce(records.employer_size in ('micro', 'small', 'medium'), false) as of_sme,
        employers.employees as employer_employees,
        records.subproject,
        null::varchar as pilot,
        null::varchar as testbed,
        coalesce(courses.regions, []) as regions,
        employers.company_region
    from records
    left join backgrounds on records.person = backgrounds.person
    left join courses on records.course_id = courses.course_id
    left join employers on records.org_nr = employers.org_nr
)

select * from final
