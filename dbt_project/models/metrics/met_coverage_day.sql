{%- set causes = ['no_data', 'source_down', 'quarantined'] -%}

with days as (
    select * from {{ ref('met_elements_day') }}
),

stopped as (
    select
        equipment_id,
        day,
        sum(planned_s) as stopped_s
    from {{ ref('int_state_piece') }}
    where state in ('delayed', 'idle', 'down', 'off')
    group by equipment_id, day
),

windows as (
    select * from {{ ref('int_planned_window') }}
),

-- What is not known of a machine's own state; the gaps of its channels and of sources stand beside it.
gaps as (
    select * from {{ ref('fct_observation_gap') }}
    where channel is null and source is null and cause <> 'planned'
),

missed as (
    select
        windows.equipment_id,
        windows.day,
        {%- for cause in causes %}
        sum({{ overlap_s('windows.opens_at', 'windows.closes_at', 'gaps.started_at', 'gaps.ended_at') }})
            filter (where gaps.cause = '{{ cause }}') as {{ cause }}_s{{ ',' if not loop.last }}
        {%- endfor %}
    from windows
    inner join gaps
        on
            windows.equipment_id = gaps.equipment_id
            and windows.opens_at < gaps.ended_at
            and gaps.started_at < windows.closes_at
    group by windows.equipment_id, windows.day
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
        coalesce(messages.messages, 0)::bigint as messages,
        coalesce(stopped.stopped_s, 0)::decimal(28, 6) as stopped_s,
        {%- for cause in causes %}
        coalesce(missed.{{ cause }}_s, 0)::decimal(28, 6) as {{ cause }}_s{{ ',' if not loop.last }}
        {%- endfor %}
    from keys
    left join days on keys.equipment_id = days.equipment_id and keys.day = days.day
    left join stopped on keys.equipment_id = stopped.equipment_id and keys.day = stopped.day
    left join missed on keys.equipment_id = missed.equipment_id and keys.day = missed.day
    left join messages on keys.equipment_id = messages.equipment_id and keys.day = messages.day
)

select * from final
