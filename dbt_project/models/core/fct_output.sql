{{ config(materialized='touched_days', streams=['output']) }}

with outputs as (
    select *
    from {{ ref('stg_output') }}
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
        produced_quantity::decimal(18, 3) as produced_quantity,
        good_quantity::decimal(18, 3) as good_quantity,
        scrap_quantity::decimal(18, 3) as scrap_quantity,
        rework_quantity::decimal(18, 3) as rework_quantity,
        record_ref,
        source,
        device,
        received_at,
        segment,
        spool_offset,
        record
    from outputs
)

select * from final
