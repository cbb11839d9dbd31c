{{ config(materialized='touched_days', streams=['state']) }}

with states as (
    select
        event_date,
        event_id,
        part,
        equipment as equipment_id,
        state,
        reason,
        observed_at as started_at,
        lead(observed_at) over (
            partition by equipment, event_date
            order by observed_at, boot, seq, segment, spool_offset, record, part
        ) as ended_at
    from {{ ref('stg_state') }}
    where {{ in_touched_days() }}
),

final as (
    select * from states
)

select * from final
