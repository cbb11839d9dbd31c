with days as (
    select * from {{ ref('met_elements_day') }}
),

messages as (
    select
        equipment as equipment_id,
        event_date as day,
        sum(row_count)::bigint as messages
    from {{ ref('sum_stream_quality') }}
    where equipment is not null
    group by equipment, event_date
),

keys as (
    select
        equipment_id,
        day
    from days
    union
    select
        equipment_id,
        day
    from messages
),

final as (
    select
        keys.equipment_id,
        keys.day,
        coalesce(days.pot_s, 0)::decimal(28, 6) as planned_s,
        coalesce(days.known_s, 0)::decimal(28, 6) as known_s,
        {{ ratio('days.known_s', 'days.pot_s') }} as coverage,
        coalesce(messages.messages, 0)::bigint as messages
    from keys
    left join days on keys.equipment_id = days.equipment_id and keys.day = days.day
    left join messages on keys.equipment_id = messages.equipment_id and keys.day = messages.day
)

select * from final
