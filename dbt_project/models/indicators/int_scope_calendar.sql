-- Planned time by scope, month and machine: the denominators of the indicators of machines.
with days as (
    select * from {{ ref('met_elements_day') }}
),

-- Every day of a machine has its planned time, or says that no calendar holds.
plans as (
    select
        equipment_id,
        day,
        missing > 0 as plan_missing
    from {{ ref('int_element_states') }}
    where element = 'POT'
),

members as (
    select * from {{ ref('int_scope_equipment') }}
),

final as (
    select
        members.scope_type,
        members.scope_id,
        date_trunc('month', plans.day)::date as period_start,
        plans.equipment_id,
        coalesce(sum((days.pot_s * members.share)::decimal(28, 6)), 0) as pot_s,
        coalesce(sum((days.pbt_s * members.share)::decimal(28, 6)), 0) as pbt_s,
        bool_or(plans.plan_missing) as plan_missing
    from plans
    left join days on plans.equipment_id = days.equipment_id and plans.day = days.day
    inner join members
        on plans.equipment_id = members.equipment_id and plans.day between members.valid_from and members.valid_to
    group by all
)

select * from final
