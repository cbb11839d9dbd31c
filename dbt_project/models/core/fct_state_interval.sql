with inside_days as (
    select
        equipment_id,
        state,
        reason,
        started_at,
        ended_at
    from {{ ref('int_state_in_day') }}
    where ended_at is not null
),

across_days as (
    select
        equipment_id,
        state,
        reason,
        started_at,
        ended_at
    from {{ ref('int_state_carry') }}
),

-- Two states in one second: the later one holds, the earlier lasted no time.
final as (
    select * from inside_days
    where started_at < ended_at
    union all
    select * from across_days
    where started_at < ended_at
)

select * from final
