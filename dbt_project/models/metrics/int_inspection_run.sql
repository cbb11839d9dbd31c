with runs as (
    {{ runs_to_join() }}
),

-- An inspection of one characteristic is a measurement: it does not say whether the part as a whole is accepted.
inspections as (
    select * from {{ ref('int_inspection_current') }}
    where characteristic is null
),

{{ with_run('inspections') }},

final as (
    select
        event_date,
        event_id,
        part,
        equipment_id,
        observed_at,
        run_id,
        product,
        coalesce(
            inspected_quantity, accepted_quantity + coalesce(scrap_quantity, 0) + coalesce(rework_quantity, 0)
        ) as inspected_quantity,
        accepted_quantity,
        scrap_quantity,
        rework_quantity,
        first_pass,
        accepted_mass_kg
    from with_run
)

select * from final
