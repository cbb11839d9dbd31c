{{ config(materialized='touched_days', streams=['energy']) }}

with counters as (
    select *
    from {{ ref('fct_energy_reading') }}
    where {{ in_touched_days() }} and kind = 'counter' and usable
),

final as (
    select
        event_date,
        equipment_id,
        meter,
        register,
        lag(observed_at) over previous as before_at,
        lag(energy_kwh) over previous as before_kwh,
        observed_at,
        energy_kwh as reading_kwh
    from counters
    window previous as (partition by event_date, equipment_id, meter, register order by observed_at)
)

select * from final
