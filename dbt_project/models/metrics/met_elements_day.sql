with planned as (
    select
        equipment_id,
        day,
        sum(pot_s) as pot_s,
        sum(pot_s - planned_downtime_s) as pbt_s
    from {{ ref('int_planned_window') }}
    group by equipment_id, day
),

pieces as (
    select * from {{ ref('int_state_piece') }}
),

with_order as (
    select
        equipment_id,
        day,
        element_in_order as element,
        order_s as element_s,
        false as outside
    from pieces
),

-- Down time is planned busy time without an order (OPC 40001-1): outside planned time nobody misses the machine.
without_order as (
    select
        equipment_id,
        day,
        element_outside as element,
        case when element_outside = 'ADOT' then planned_s - planned_order_s else total_s - order_s end as element_s,
        true as outside
    from pieces
),

elements as (
    select * from with_order
    union all
    select * from without_order
),

summed as (
    select
        equipment_id,
        day,
        {%- for element in ['APT', 'AUST', 'ADET', 'ADOT'] %}
        sum(element_s) filter (where element = '{{ element }}') as {{ element | lower }}_s,
        sum(element_s) filter (where element = '{{ element }}' and outside) as outside_{{ element | lower }}_s
        {{- ',' if not loop.last }}
        {%- endfor %}
    from elements
    group by equipment_id, day
),

known as (
    select
        equipment_id,
        day,
        sum(planned_s) as known_s
    from pieces
    where state <> 'unknown'
    group by equipment_id, day
),

islands as (
    select * from {{ ref('int_order_island') }}
),

windows as (
    select * from {{ ref('int_planned_window') }}
),

ran as (
    select
        windows.equipment_id,
        windows.day,
        sum({{ overlap_s('windows.opens_at', 'windows.closes_at', 'islands.started_at', 'islands.ended_at') }}) as run_s
    from windows
    inner join islands
        on
            windows.equipment_id = islands.equipment_id
            and windows.opens_at < islands.ended_at
            and islands.started_at < windows.closes_at
    group by windows.equipment_id, windows.day
),

keys as (
    select
        equipment_id,
        day
    from planned
    union
    select
        equipment_id,
        day
    from summed
),

final as (
    select
        keys.equipment_id,
        keys.day,
        {%- for source, column in [('planned', 'pot'), ('planned', 'pbt'), ('known', 'known'), ('ran', 'run')] %}
        coalesce({{ source }}.{{ column }}_s, 0)::decimal(28, 6) as {{ column }}_s,
        {%- endfor %}
        {%- for element in ['apt', 'aust', 'adet', 'adot'] %}
        coalesce(summed.{{ element }}_s, 0)::decimal(28, 6) as {{ element }}_s,
        coalesce(summed.outside_{{ element }}_s, 0)::decimal(28, 6) as outside_{{ element }}_s
        {{- ',' if not loop.last }}
        {%- endfor %}
    from keys
    left join planned on keys.equipment_id = planned.equipment_id and keys.day = planned.day
    left join known on keys.equipment_id = known.equipment_id and keys.day = known.day
    left join ran on keys.equipment_id = ran.equipment_id and keys.day = ran.day
    left join summed on keys.equipment_id = summed.equipment_id and keys.day = summed.day
)

select * from final
