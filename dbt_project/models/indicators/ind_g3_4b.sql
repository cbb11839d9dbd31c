-- Inputs of G3.4b: the planned time that is each run's own, and the planned operation time of each machine.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G3.4b'
),

planned as (
    select * from {{ ref('int_run_planned_day') }}
),

members as (
    select * from {{ ref('int_scope_equipment') }}
),

in_scope as (
    select
        members.scope_type,
        members.scope_id,
        date_trunc('month', planned.day)::date as period_start,
        planned.run_id,
        sum((planned.run_s * members.share)::decimal(28, 6)) as run_s
    from planned
    inner join members
        on planned.equipment_id = members.equipment_id and planned.day between members.valid_from and members.valid_to
    group by all
),

runs as (
    select
        frame.indicator_id,
        frame.scope_type,
        frame.scope_id,
        frame.period_start,
        'run' as input_kind,
        in_scope.run_id as input_id,
        in_scope.run_s::decimal(28, 6) as numerator,
        null::decimal(28, 6) as denominator,
        1::bigint as n,
        true as included,
        null::varchar as reason,
        facts.ended_at as input_at,
        null::boolean as failed
    from frame
    inner join in_scope
        on
            frame.scope_type = in_scope.scope_type
            and frame.scope_id = in_scope.scope_id
            and frame.period_start = in_scope.period_start
    inner join {{ ref('met_run') }} as facts on in_scope.run_id = facts.run_id
),

calendar as (
    {{ planned_time('pot_s') }}
),

final as (
    select * from runs
    union all
    select * from calendar
)

select * from final
