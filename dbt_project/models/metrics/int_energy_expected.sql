-- The days that the meters of a machine have to tell in full: all on which it is registered and that are over, where the
-- registry has a meter of that boundary at any time. A meter tells those inside of its record alone; on the first and the
-- last it was put in or taken away, and whatever it replaces tells the rest. Of the last hours a reading may still be on
-- its way.
with refresh as (
    select * from {{ ref('stg_refresh') }}
),

meters as (
    select * from {{ ref('stg_registry__meters') }}
),

boundaries as (
    select distinct
        equipment_id,
        boundary
    from meters
),

days as (
    select
        equipment.equipment_id,
        refresh.as_of,
        unnest(
            generate_series(
                greatest(equipment.valid_from, refresh.programme_start),
                least(equipment.valid_to, {{ local_day('refresh.as_of') }} - 1),
                interval 1 day
            )
        )::date as day
    from {{ ref('dim_equipment') }} as equipment
    cross join refresh
),

final as (
    select
        days.equipment_id,
        meters.meter_id as meter,
        boundaries.boundary,
        days.day,
        coalesce(meters.valid_from < days.day and days.day < meters.valid_to, false) as is_steady,
        {{ seconds_between(local_instant('days.day'), local_instant('(days.day + 1)')) }} as day_s
    from days
    inner join boundaries on days.equipment_id = boundaries.equipment_id
    left join meters
        on
            boundaries.equipment_id = meters.equipment_id
            and boundaries.boundary = meters.boundary
            and days.day between meters.valid_from and meters.valid_to
    where days.day < {{ local_day('days.as_of - to_seconds(3 * coalesce(meters.interval_s, 0))') }}
)

select * from final
