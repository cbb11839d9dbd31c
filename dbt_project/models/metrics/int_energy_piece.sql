-- Consumption that a registered meter measured, cut at local midnight. What is given back is no consumption.
with intervals as (
    select
        *,
        {{ local_day('started_at') }} as first_day,
        {{ local_day("ended_at - interval 1 microsecond") }} as last_day
    from {{ ref('fct_energy_interval') }}
    where register = 'consumed' and boundary is not null
),

days as (
    select
        *,
        unnest(generate_series(first_day, last_day, interval 1 day))::date as day
    from intervals
),

cut as (
    select
        *,
        greatest(started_at, {{ local_instant('day') }}) as piece_started_at,
        least(ended_at, {{ local_instant('(day + 1)') }}) as piece_ended_at
    from days
),

final as (
    select
        equipment_id,
        meter,
        boundary,
        day,
        piece_started_at,
        piece_ended_at,
        (
            {{ energy_until('piece_ended_at', 'cut') }} - {{ energy_until('piece_started_at', 'cut') }}
        )::decimal(18, 6) as piece_kwh,
        started_at,
        ended_at,
        energy_kwh,
        remark
    from cut
)

select * from final
