-- Inputs of G3.4e: PRI·GQ of each run that closed in the month, and the planned busy time of each machine. A machine
-- whose output belongs to no run has made what no run counts: its quantity is missing.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G3.4e'
),

runs as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'run' as input_kind,
        runs.run_id as input_id,
        case when runs.closed then coalesce(runs.pri_gq_s, 0) else 0 end::decimal(28, 6) as numerator,
        null::decimal(28, 6) as denominator,
        runs.closed::int::bigint as n,
        runs.closed and not (runs.quantity_missing or runs.planned_time_missing) as included,
        case
            when not runs.closed then 'open'
            when runs.quantity_missing then 'quantity_missing'
            when runs.planned_time_missing then 'planned_time_missing'
        end as reason,
        runs.ended_at as input_at,
        null::boolean as failed
    from frame
    inner join {{ ref('int_scope_run') }} as runs
        on
            frame.scope_type = runs.scope_type
            and frame.scope_id = runs.scope_id
            and frame.period_start = runs.period_start
),

unassigned as (
    select
        members.scope_type,
        members.scope_id,
        date_trunc('month', booked.day)::date as period_start,
        booked.equipment_id
    from {{ ref('met_booked_day') }} as booked
    inner join {{ ref('int_scope_equipment') }} as members
        on booked.equipment_id = members.equipment_id and booked.day between members.valid_from and members.valid_to
    where booked.outputs_without_run > 0
    group by all
),

machines as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'equipment' as input_kind,
        unassigned.equipment_id as input_id,
        null::decimal(28, 6) as numerator,
        null::decimal(28, 6) as denominator,
        0::bigint as n,
        false as included,
        'quantity_missing' as reason,
        null::timestamptz as input_at,
        null::boolean as failed
    from frame
    inner join unassigned
        on
            frame.scope_type = unassigned.scope_type
            and frame.scope_id = unassigned.scope_id
            and frame.period_start = unassigned.period_start
),

calendar as (
    {{ planned_time('pbt_s') }}
),

final as (
    select * from runs
    union all
    select * from machines
    union all
    select * from calendar
)

select * from final
