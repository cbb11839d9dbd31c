-- Inputs of G3.4e: PRI·GQ of each run that closed in the month, and the planned busy time of each machine.
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

calendar as (
    {{ planned_time('pbt_s') }}
),

final as (
    select * from runs
    union all
    select * from calendar
)

select * from final
