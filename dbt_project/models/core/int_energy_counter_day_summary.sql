{{ config(materialized='touched_days', streams=['energy']) }}

with counters as (
    select *
    from {{ ref('int_energy_counter_in_day') }}
    where {{ in_touched_days() }}
),

final as (
    select
        event_date,
        equipment_id,
        meter,
        register,
        min(observed_at) as first_at,
        max(reading_kwh) filter (where before_at is null) as first_kwh,
        max(observed_at) as last_at,
        max_by(reading_kwh, observed_at) as last_kwh
    from counters
    group by event_date, equipment_id, meter, register
)

select * from final
