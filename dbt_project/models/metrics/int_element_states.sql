-- Time elements of a machine's local day, with the time in runs booked on the day on which the run closed, and the
-- calendar time and the capacity of the days on which the machine is registered. Where no calendar holds, a weekday without
-- hours being one that does, nobody knows what was planned: that is missing, not 0.
with booked as (
    select * from {{ ref('met_booked_day') }}
),

refresh as (
    select
        programme_start,
        as_of,
        {{ local_day('as_of') }} as last_day
    from {{ ref('stg_refresh') }}
),

days as (
    select
        as_of,
        unnest(generate_series(programme_start, last_day, interval 1 day))::date as day
    from refresh
),

registered as (
    select
        equipment.equipment_id,
        days.day,
        equipment.capacity_per_h,
        {{ seconds_between(local_instant('days.day'), 'least(' ~ local_instant('(days.day + 1)') ~ ', days.as_of)') }}
            as calendar_s
    from {{ ref('dim_equipment') }} as equipment
    inner join days on days.day between equipment.valid_from and equipment.valid_to
    where {{ local_instant('days.day') }} < days.as_of
),

calendars as (
    select distinct
        registered.equipment_id,
        registered.day
    from registered
    inner join {{ ref('stg_registry__planned_time') }} as planned
        on
            registered.equipment_id = planned.equipment_id
            and registered.day between planned.valid_from and planned.valid_to
),

island_days as (
    select
        *,
        unnest(generate_series(
            {{ local_day('started_at') }}, {{ local_day('ended_at - interval 1 microsecond') }}, interval 1 day
        ))::date as day
    from {{ ref('int_order_island') }}
),

ordered as (
    select
        equipment_id,
        day,
        sum({{ overlap_s('started_at', 'ended_at', local_instant('day'), local_instant('(day + 1)')) }}) as order_s
    from island_days
    group by equipment_id, day
),

keys as (
    select
        equipment_id,
        day
    from booked
    union
    select
        equipment_id,
        day
    from registered
    union
    select
        equipment_id,
        day
    from ordered
),

wide as (
    select
        keys.equipment_id,
        keys.day,
        booked.* exclude (equipment_id, day),
        registered.calendar_s,
        ordered.order_s,
        calendars.day is null as plan_missing,
        (coalesce(booked.pbt_s, 0) > 0 and registered.capacity_per_h is null) or calendars.day is null as capacity_missing,
        (booked.pbt_s * registered.capacity_per_h::decimal(18, 6) / 3600)::decimal(28, 6) as capacity
    from keys
    left join booked on keys.equipment_id = booked.equipment_id and keys.day = booked.day
    left join registered on keys.equipment_id = registered.equipment_id and keys.day = registered.day
    left join calendars on keys.equipment_id = calendars.equipment_id and keys.day = calendars.day
    left join ordered on keys.equipment_id = ordered.equipment_id and keys.day = ordered.day
),

final as (
    {{ element_rows(['equipment_id', 'day'], [
        ('CALENDAR', 'calendar_s', 'coalesce(calendar_s, 0) > 0', '0'),
        ('POT', 'pot_s', 'coalesce(pot_s, 0) > 0', 'plan_missing'),
        ('PBT', 'pbt_s', 'coalesce(pbt_s, 0) > 0', 'plan_missing'),
        ('KNOWN', 'known_s', 'coalesce(known_s, 0) > 0', 'plan_missing'),
        ('APT', 'apt_s', 'coalesce(apt_s, 0) > 0', '0'),
        ('AUST', 'aust_s', 'coalesce(aust_s, 0) > 0', '0'),
        ('ADET', 'adet_s', 'coalesce(adet_s, 0) > 0', '0'),
        ('ADOT', 'adot_s', 'coalesce(adot_s, 0) > 0', 'plan_missing'),
        ('RUN_TIME', 'run_s', 'coalesce(run_s, 0) > 0', 'plan_missing'),
        ('ORDER_TIME', 'order_s', 'coalesce(order_s, 0) > 0', '0'),
        ('EPC', 'capacity', 'coalesce(capacity, 0) > 0', 'capacity_missing'),
    ], 'wide') }}
)

select * from final
