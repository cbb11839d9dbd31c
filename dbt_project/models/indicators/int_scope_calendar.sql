-- Planned time by scope, month and machine: the denominators of the indicators of machines.
with days as (
    select * from {{ ref('met_elements_day') }}
),

members as (
    select * from {{ ref('int_scope_equipment') }}
),

final as (
    select
        members.scope_type,
        members.scope_id,
        date_trunc('month', days.day)::date as period_start,
        days.equipment_id,
        sum((days.pot_s * members.share)::decimal(28, 6)) as pot_s,
        sum((days.pbt_s * members.share)::decimal(28, 6)) as pbt_s
    from days
    inner join members
        on days.equipment_id = members.equipment_id and days.day between members.valid_from and members.valid_to
    group by all
)

select * from final
