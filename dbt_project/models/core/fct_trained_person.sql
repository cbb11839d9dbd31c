-- One row per skills record of a person, with the newest gender and age band of the person.
with refresh as (
    select * from {{ ref('stg_refresh') }}
),

records as (
    select skills.*
    from {{ ref('fct_skills') }} as skills
    inner join refresh on skills.started_on >= refresh.programme_start
),

persons as (
    select
        person,
        last(gender order by started_on, received_at, event_id) filter (where gender is not null) as gender,
        last(age_band order by started_on, received_at, event_id) filter (where age_band is not null) as age_band
    from records
    group by person
),

final as (
    select
        records.event_id,
        records.person,
        records.started_on,
        coalesce(persons.gender, 'unknown') as gender,
        coalesce(persons.age_band, 'unknown') as age_band,
        coalesce(records.skill_type, 'unknown') as skill_type
    from records
    inner join persons on records.person = persons.person
)

select * from final
