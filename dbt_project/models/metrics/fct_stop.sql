with states as (
    select
        *,
        lead(state) over (partition by equipment_id order by started_at) as next_state
    from {{ ref('fct_state_interval') }}
),

orders as (
    select * from {{ ref('int_order_island') }}
),

windows as (
    select * from {{ ref('int_planned_window') }}
),

reasons as (
    select * from {{ ref('int_stop_reason') }}
),

placed as (
    select
        states.*,
        coalesce(states.started_at < orders.ended_at, false) as order_open,
        coalesce(states.started_at < windows.closes_at, false) as in_planned_time,
        reasons.reason_code,
        reasons.kind
    from states
    asof left join orders on states.equipment_id = orders.equipment_id and states.started_at >= orders.started_at
    asof left join windows on states.equipment_id = windows.equipment_id and states.started_at >= windows.opens_at
    left join reasons on {{ as_word('states.reason') }} = {{ as_word('reasons.word') }}
),

-- A stop is an interruption. Setup is none; a machine that waits, or is switched off, is interrupted when it has an
-- order, and without one it only has nothing to do.
judged as (
    select
        *,
        state in ('down', 'delayed') or (state in ('idle', 'off') and order_open) as stands
    from placed
),

numbered as (
    select
        *,
        sum((not stands)::bigint) over (partition by equipment_id order by started_at) as place
    from judged
),

-- The reason that counts: a failure before all others, then one with a code, then one that was said at all.
final as (
    select
        equipment_id,
        min(started_at) as started_at,
        min(started_at) filter (where kind = 'failure') as failed_at,
        max(ended_at) as ended_at,
        {{ local_day('min(started_at)') }} as day,
        {{ seconds_between('min(started_at)', 'max(ended_at)') }} as seconds,
        {%- for column in ['reason', 'reason_code'] %}
        first(
            {{ column }}
            order by (kind = 'failure') desc nulls last, reason_code is null, reason is null, started_at
        ) as {{ column }},
        {%- endfor %}
        coalesce(
            first(
                kind
                order by (kind = 'failure') desc nulls last, reason_code is null, reason is null, started_at
            ),
            'uncoded'
        ) as kind,
        first(in_planned_time order by started_at) as in_planned_time,
        first(order_open order by started_at) as order_open,
        coalesce(last(next_state order by started_at) <> 'unknown', false) as end_known
    from numbered
    where stands
    group by equipment_id, place
)

select * from final
