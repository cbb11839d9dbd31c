-- State intervals, cut at local midnight, with the part of each in which an order was open and the planned part.
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
        greatest(started_at, {{ local_instant('day') }}) as started_at,
        least(ended_at, {{ local_instant('(day + 1)') }}) as ended_at
    from days
),

islands as (
    select * from {{ ref('int_order_island') }}
),

in_order as (
    select
        cut.piece,
        sum({{ overlap_s('cut.started_at', 'cut.ended_at', 'islands.started_at', 'islands.ended_at') }}) as order_s
    from cut
    inner join islands
        on
            cut.equipment_id = islands.equipment_id
            and cut.started_at < islands.ended_at
            and islands.started_at < cut.ended_at
    group by cut.piece
),

windows as (
    select * from {{ ref('int_planned_window') }}
),

in_plan as (
    select
        cut.piece,
        sum({{ overlap_s('cut.started_at', 'cut.ended_at', 'windows.opens_at', 'windows.closes_at') }}) as planned_s
    from cut
    inner join windows
        on
            cut.equipment_id = windows.equipment_id
            and cut.started_at < windows.closes_at
            and windows.opens_at < cut.ended_at
    group by cut.piece
),

final as (
    select
        cut.equipment_id,
        cut.day,
        cut.state,
        cut.started_at,
        cut.ended_at,
        {{ seconds_between('cut.started_at', 'cut.ended_at') }} as total_s,
        coalesce(in_order.order_s, 0)::decimal(28, 6) as order_s,
        coalesce(in_plan.planned_s, 0)::decimal(28, 6) as planned_s
    from cut
    left join in_order on cut.piece = in_order.piece
    left join in_plan on cut.piece = in_plan.piece
)

select * from final
