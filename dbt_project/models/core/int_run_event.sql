{{ config(materialized='touched_days', streams=['run']) }}

with final as (
    select
        event_date,
        event_id,
        part,
        equipment as equipment_id,
        observed_at,
        phase,
        run_ref,
        kind,
        product,
        organisation,
        outcome,
        reported_duration_s,
        ordered_at,
        planned_quantity::decimal(18, 3) as planned_quantity,
        planned_setup_s::decimal(18, 6) as planned_setup_s,
        planned_run_s::decimal(18, 6) as planned_run_s,
        volume_cm3::decimal(18, 6) as volume_cm3,
        part_mass_kg::decimal(18, 6) as part_mass_kg,
        gas_nm3::decimal(18, 6) as gas_nm3,
        partner,
        partner_testbed,
        operator_certified,
        source,
        device,
        boot,
        seq,
        record_ref,
        received_at,
        segment,
        spool_offset,
        record
    from {{ ref('stg_run') }}
    where {{ in_touched_days() }}
)

select * from final
