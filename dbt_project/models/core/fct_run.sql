-- A run: it has a start. How it ended is said by its own events; where there are none, by what the machine did next.
with runs as (
    select * from {{ ref('int_run_grouped') }}
    where started_at is not null
),

followed as (
    select
        *,
        lead(started_at) over (partition by equipment_id order by started_at, run_key) as next_started_at
    from runs
),

-- Of two states in one second the later one holds: one that lasted no time says nothing.
states as (
    select
        equipment_id,
        state,
        started_at
    from {{ ref('int_state_in_day') }}
    where ended_at is null or started_at < ended_at
),

-- The connection was lost after the start, and the machine did not go on with it: cut off where that began.
lost as (
    select
        followed.equipment_id,
        followed.run_key,
        followed.started_at,
        max(states.started_at) filter (where states.state not in ('unknown', 'off')) as last_known_at,
        arg_max(states.state, states.started_at) as last_state,
        max(states.started_at) as last_state_at
    from followed
    inner join states
        on
            followed.equipment_id = states.equipment_id
            and followed.started_at <= states.started_at
            and (followed.next_started_at is null or states.started_at < followed.next_started_at)
    where followed.ended_at is null
    group by followed.equipment_id, followed.run_key, followed.started_at
),

cut_off as (
    select
        lost.equipment_id,
        lost.run_key,
        min(states.started_at) as cut_off_at
    from lost
    inner join states
        on
            lost.equipment_id = states.equipment_id
            and states.state in ('unknown', 'off')
            and states.started_at between lost.started_at and lost.last_state_at
            and (lost.last_known_at is null or lost.last_known_at < states.started_at)
    where lost.last_state in ('unknown', 'off')
    group by lost.equipment_id, lost.run_key
),

ended as (
    select
        followed.*,
        case
            when followed.ended_at is not null and followed.is_cancelled then 'cancelled'
            when followed.ended_at is not null and followed.is_failed then 'failed'
            when followed.ended_at is not null then 'finished'
            when cut_off.cut_off_at is not null or followed.next_started_at is not null then 'interrupted'
            else 'open'
        end as outcome,
        greatest(
            coalesce(followed.ended_at, cut_off.cut_off_at, followed.next_started_at), followed.started_at
        ) as closed_at
    from followed
    left join cut_off
        on followed.equipment_id = cut_off.equipment_id and followed.run_key = cut_off.run_key
),

final as (
    select
        equipment_id || ':' || coalesce(run_ref, start_event_id) as run_id,
        equipment_id,
        run_ref,
        kind,
        product,
        organisation,
        started_at,
        case when outcome <> 'open' then closed_at end as ended_at,
        outcome,
        outcome <> 'open' as closed,
        reported_duration_s,
        ordered_at,
        planned_quantity,
        planned_setup_s,
        planned_run_s,
        volume_cm3,
        part_mass_kg,
        gas_nm3,
        partner,
        partner_testbed,
        operator_certified,
        start_event_id,
        end_event_id
    from ended
)

select * from final
