-- The days that a meter has to tell in full: those inside of its record that are over. On its first and last day it was
-- put in or taken away, and of the last hours a reading may still be on its way.
with refresh as (
    select * from {{ ref('stg_refresh') }}
),

meters as (
    select * from {{ ref('stg_registry__meters') }}
),

days as (
    select
        meters.equipment_id,
        meters.meter_id as meter,
        meters.boundary,
        unnest(
            generate_series(
                greatest(meters.valid_from + 1, refresh.programme_start),
                least(
                    meters.valid_to - 1,
                    {{ local_day('refresh.as_of - to_seconds(3 * coalesce(meters.interval_s, 0))') }} - 1
                ),
                interval 1 day
            )
        )::date as day
    from meters
    cross join refresh
),

final as (
    select
        *,
        {{ seconds_between(local_instant('day'), local_instant('(day + 1)')) }} as day_s
    from days
)

select * from final
