{%- set within = [('orders', 'order_s'), ('windows', 'planned_s'), ('planned_orders', 'planned_order_s')] -%}

-- State intervals, cut at local midnight, with the parts of each in which an order was open and that were planned.
with states as (
    select
        *,
        {{ local_day('started_at') }} as first_day,
        {{ local_day("ended_at - interval 1 microsecond") }} as last_day
    from {{ ref('fct_state_interval') }}
),

days as (
    select
        *,
        unnest(generate_series(first_day, last_day, interval 1 day))::date as day
    from states
),

cut as (
    select
        row_number() over (order by equipment_id, started_at, day) as piece,
        equipment_id,
        day,
        state,
        reason,
        greatest(started_at, {{ local_instant('day') }}) as started_at,
        least(ended_at, {{ local_instant('(day + 1)') }}) as ended_at
    from days
),

orders as (
    select * from {{ ref('int_order_island') }}
),

windows as (
    select
        equipment_id,
        opens_at as started_at,
        closes_at as ended_at
    from {{ ref('int_planned_window') }}
),

planned_orders as (
    select
        windows.equipment_id,
        greatest(windows.started_at, orders.started_at) as started_at,
        least(windows.ended_at, orders.ended_at) as ended_at
    from windows
    inner join orders
        on
            windows.equipment_id = orders.equipment_id
            and windows.started_at < orders.ended_at
            and orders.started_at < windows.ended_at
),

{% for relation, column in within -%}
in_{{ relation }} as (
    select
        cut.piece,
        sum({{ overlap_s('cut.started_at', 'cut.ended_at', 'other.started_at', 'other.ended_at') }}) as {{ column }}
    from cut
    inner join {{ relation }} as other
        on
            cut.equipment_id = other.equipment_id
            and cut.started_at < other.ended_at
            and other.started_at < cut.ended_at
    group by cut.piece
),

{% endfor -%}
equipment as (
    select * from {{ ref('int_equipment_held') }}
),

reasons as (
    select * from {{ ref('int_stop_reason') }}
),

-- The state map reads a state by the kind of the machine and by whether its reason is preventive maintenance.
read_as as (
    select
        cut.piece,
        max(rules.element) filter (where rules.order_open) as element_in_order,
        max(rules.element) filter (where not rules.order_open) as element_outside
    from cut
    left join equipment
        on cut.equipment_id = equipment.equipment_id and cut.day between equipment.valid_from and equipment.valid_to
    left join reasons on {{ as_word('cut.reason') }} = {{ as_word('reasons.word') }}
    inner join {{ ref('stg_registry__state_map') }} as rules
        on
            cut.state = rules.state
            and rules.equipment_kind is not distinct from equipment.kind
            and rules.maintenance = coalesce(reasons.kind = 'preventive', false)
    group by cut.piece
),

final as (
    select
        cut.equipment_id,
        cut.day,
        cut.state,
        cut.reason,
        cut.started_at,
        cut.ended_at,
        coalesce(read_as.element_in_order, 'none') as element_in_order,
        coalesce(read_as.element_outside, 'none') as element_outside,
        {{ seconds_between('cut.started_at', 'cut.ended_at') }} as total_s,
        {%- for relation, column in within %}
        coalesce(in_{{ relation }}.{{ column }}, 0)::decimal(28, 6) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from cut
    left join read_as on cut.piece = read_as.piece
    {%- for relation, column in within %}
    left join in_{{ relation }} on cut.piece = in_{{ relation }}.piece
    {%- endfor %}
)

select * from final
