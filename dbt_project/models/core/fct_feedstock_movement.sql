{{ config(materialized='touched_days', streams=['feedstock']) }}

with movements as (
    select *
    from {{ ref('stg_feedstock') }}
    where {{ in_touched_days() }}
),

final as (
    select
        event_date,
        event_id,
        part,
        equipment as equipment_id,
        observed_at,
        movement,
        lot,
        into_lot,
        material,
        mass_kg::decimal(18, 6) as mass_kg,
        virgin,
        reuse_count,
        run_ref,
        record_ref,
        source,
        device,
        received_at,
        segment,
        spool_offset,
        record
    from movements
)

select * from final
