with turns as (
    select * from {{ ref('int_run_turn') }}
),

windows as (
    select * from {{ ref('int_planned_window') }}
),

final as (
    select
        turns.run_id,
        turns.equipment_id,
        windows.day,
        sum({{ overlap_s('windows.opens_at', 'windows.closes_at', 'turns.started_at', 'turns.ended_at') }}) as run_s
    from turns
    inner join windows
        on
            turns.equipment_id = windows.equipment_id
            and windows.opens_at < turns.ended_at
            and turns.started_at < windows.closes_at
    group by turns.run_id, turns.equipment_id, windows.day
)

select * from final
