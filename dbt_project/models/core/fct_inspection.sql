{{ config(materialized='touched_days', streams=['inspection']) }}

with inspections as (
    select *
    from {{ ref('stg_inspection') }}
    where {{ in_touched_days() }}
),

final as (
    select
        event_date,
        event_id,
        part,
        equipment as equipment_id,
        observed_at,
        run_ref,
        product,
        serial,
        characteristic,
        sample,
        value,
        inspected_quantity::decimal(18, 3) as inspected_quantity,
        accepted_quantity::decimal(18, 3) as accepted_quantity,
        scrap_quantity::decimal(18, 3) as scrap_quantity,
        rework_quantity::decimal(18, 3) as rework_quantity,
        defects,
        coalesce(first_pass, true) as first_pass,
        accepted_mass_kg::decimal(18, 6) as accepted_mass_kg,
        record_ref,
        source,
        device,
        received_at,
        segment,
        spool_offset,
        record
    from inspections
)

select * from final
