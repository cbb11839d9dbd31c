with summaries as (
    select * from {{ ref('int_energy_counter_day_summary') }}
),

-- The last reading of a day is the one before the first of the next day that has any.
neighbours as (
    select
        equipment_id,
        meter,
        register,
        lag(last_at) over days as before_at,
        lag(last_kwh) over days as before_kwh,
        first_at as observed_at,
        first_kwh as reading_kwh
    from summaries
    window days as (partition by equipment_id, meter, register order by event_date)
),

final as (
    select * from neighbours
    where before_at is not null
)

select * from final
