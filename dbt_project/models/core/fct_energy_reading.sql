{{ config(materialized='touched_days', streams=['energy']) }}

with readings as (
    select
        event_date,
        event_id,
        part,
        equipment as equipment_id,
        meter,
        register,
        kind,
        observed_at,
        try_cast(energy_kwh as decimal(18, 6)) as energy_kwh,
        interval_start,
        quality,
        flags,
        boot,
        seq,
        received_at,
        segment,
        spool_offset,
        record
    from {{ ref('stg_energy') }}
    where {{ in_touched_days() }}
),

holding as (
    select * from readings
    {{ not_superseded(['equipment_id', 'meter', 'register', 'kind', 'observed_at'], ['boot', 'seq']) }}
),

-- A counter that was read in the hour which the clock shows twice may seem to fall: the next reading tells its energy.
final as (
    select
        event_date,
        event_id,
        part,
        equipment_id,
        meter,
        register,
        kind,
        observed_at,
        energy_kwh,
        interval_start,
        quality,
        case
            when energy_kwh is null or quality = 'bad' then false
            when kind = 'counter' then not contains(coalesce(flags, ''), 'ambiguous')
            else coalesce(kind = 'interval' and interval_start < observed_at, false)
        end as usable
    from holding
)

select * from final
