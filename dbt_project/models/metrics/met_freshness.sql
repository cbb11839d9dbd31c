with equipment as (
    select distinct equipment_id from {{ ref('dim_equipment') }}
),

evidence as (
    select * from {{ ref('int_equipment_evidence') }}
),

lives as (
    select
        equipment_id,
        max(alive_until) as newest_sign_at
    from {{ ref('int_life_day') }}
    group by equipment_id
),

states as (
    select
        equipment_id,
        max(last_at) as newest_state_at
    from {{ ref('int_state_day_summary') }}
    group by equipment_id
),

refresh as (
    select * from {{ ref('stg_refresh') }}
),

final as (
    select
        equipment.equipment_id,
        evidence.newest_observed_at,
        lives.newest_sign_at,
        states.newest_state_at,
        evidence.newest_received_at,
        {{ seconds_between('evidence.newest_observed_at', 'refresh.as_of') }} as age_s
    from equipment
    cross join refresh
    left join evidence on equipment.equipment_id = evidence.equipment_id
    left join lives on equipment.equipment_id = lives.equipment_id
    left join states on equipment.equipment_id = states.equipment_id
)

select * from final
