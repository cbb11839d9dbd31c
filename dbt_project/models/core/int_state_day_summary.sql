{{ config(materialized='touched_days', streams=['state']) }}

with states as (
    select * from {{ ref('int_state_in_day') }}
    where {{ in_touched_days() }}
),

final as (
    select
        event_date,
        equipment_id,
        min(started_at) as first_at,
        max(started_at) as last_at,
        max(state) filter (where ended_at is null) as last_state,
        max(reason) filter (where ended_at is null) as last_reason
    from states
    group by event_date, equipment_id
)

select * from final
