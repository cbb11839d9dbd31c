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
said as (
    select * from inside_days
    where started_at < ended_at
    union all
    select * from across_days
    where started_at < ended_at
),

silences as (
    select * from {{ ref('int_silence') }}
),

-- The first silence after a state began. Every state is a sign of life, so none lies in a silence.
heard as (
    select
        said.*,
        case
            when said.state <> 'unknown' and silences.silent_from < said.ended_at then silences.silent_from
        end as silent_from
    from said
    asof left join silences
        on said.equipment_id = silences.equipment_id and said.started_at < silences.silent_from
),

-- A silence leaves the machine unknown until it says its next state: a change may have been missed meanwhile.
final as (
    select
        equipment_id,
        state,
        reason,
        started_at,
        coalesce(silent_from, ended_at) as ended_at,
        false as is_silent
    from heard
    union all
    select
        equipment_id,
        'unknown' as state,
        null as reason,
        silent_from as started_at,
        ended_at,
        true as is_silent
    from heard
    where silent_from is not null
)

select * from final
