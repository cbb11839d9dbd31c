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
