with stretches as (
    select * from {{ ref('int_channel_stretch_day') }}
),

-- The last value of a day holds over midnight until the next value, of whatever day, or as long as its channel allows.
final as (
    select
        equipment_id,
        channel,
        role,
        is_good,
        out_of_limits,
        started_at,
        least(
            held_until, lead(started_at) over (partition by equipment_id, channel order by started_at)
        ) as ended_at
    from stretches
)

select * from final
