with stretches as (
    select * from {{ ref('int_life_day') }}
),

followed as (
    select
        equipment_id,
        alive_until,
        {{ seconds_after('alive_until', 'silent_after_s') }} as silent_from,
        lead(alive_from) over (partition by equipment_id order by alive_from) as alive_again_at
    from stretches
),

-- A machine that the registry gives no silent_after_s is never silent.
final as (
    select * from followed
    where silent_from < coalesce(alive_again_at, 'infinity'::timestamptz)
)

select * from final
