-- The planned operation time of each machine on each local day, from the registry's calendar, up to the newest data.
with refresh as (
    select
        programme_start,
        date_trunc('second', as_of) as as_of,
        {{ local_day('as_of') }} as last_day
    from {{ ref('stg_refresh') }}
),

days as (
    select
        refresh.as_of,
        unnest(generate_series(refresh.programme_start, refresh.last_day, interval 1 day))::date as day
    from refresh
),

equipment as (
    select * from {{ ref('dim_equipment') }}
),

planned as (
    select * from {{ ref('stg_registry__planned_time') }}
),

closures as (
    select distinct
        testbed_id,
        day
    from {{ ref('stg_registry__closures') }}
),

windows as (
    select
        equipment.equipment_id,
        days.day,
        {{ local_instant('days.day', 'planned.opens_s') }} as opens_at,
        {{ local_instant('days.day', 'planned.closes_s') }} as planned_end_at,
        planned.planned_downtime_s,
        days.as_of
    from days
    inner join equipment on days.day between equipment.valid_from and equipment.valid_to
    inner join planned
        on
            equipment.equipment_id = planned.equipment_id
            and days.day between planned.valid_from and planned.valid_to
            and isodow(days.day) = planned.weekday
    left join closures on equipment.testbed_id = closures.testbed_id and days.day = closures.day
    where closures.day is null
),

clipped as (
    select
        *,
        least(planned_end_at, as_of) as closes_at
    from windows
    where opens_at < as_of
),

-- Planned downtime is taken off once its day's window has passed.
final as (
    select
        equipment_id,
        day,
        opens_at,
        closes_at,
        {{ seconds_between('opens_at', 'closes_at') }} as pot_s,
        case
            when closes_at = planned_end_at
                then least(planned_downtime_s, {{ seconds_between('opens_at', 'closes_at') }})
            else 0
        end::decimal(18, 6) as planned_downtime_s
    from clipped
)

select * from final
