with turns as (
    select * from {{ ref('int_run_turn') }}
),

stretches as (
    select
        *,
        case role
            when 'oxygen' then 'OXYGEN' when 'chamber_pressure' then 'PRESSURE' when 'bed_temperature' then 'BED'
        end as limited
    from {{ ref('int_channel_stretch') }}
    where is_good and out_of_limits is not null
),

-- By UTC day, so that a run is not compared with every value that its machine ever sent: its days, and those before
-- them from which a value can hold into it.
reach as (
    select coalesce(max(ceil({{ value_holds_s() }} / 86400)), 0)::integer as reach_days
    from {{ ref('stg_registry__channels') }}
),

turn_days as (
    select
        turns.*,
        unnest(
            generate_series(
                (turns.started_at at time zone 'UTC')::date - reach.reach_days,
                (turns.ended_at at time zone 'UTC')::date,
                interval 1 day
            )
        )::date as event_date
    from turns
    cross join reach
),

timed as (
    select
        turn_days.run_id,
        stretches.limited,
        sum({{ overlap_s('stretches.started_at', 'stretches.ended_at', 'turn_days.started_at', 'turn_days.ended_at') }})
            as time_s,
        sum({{ overlap_s('stretches.started_at', 'stretches.ended_at', 'turn_days.started_at', 'turn_days.ended_at') }})
            filter (where stretches.out_of_limits) as out_s
    from turn_days
    inner join stretches
        on
            turn_days.equipment_id = stretches.equipment_id
            and turn_days.event_date = stretches.event_date
            and turn_days.started_at < stretches.ended_at
            and stretches.started_at < turn_days.ended_at
    where stretches.limited is not null
    group by turn_days.run_id, stretches.limited
),

runs as (
    select * from {{ ref('met_elements_run') }}
),

limited as (
    select distinct
        equipment_id,
        case role
            when 'oxygen' then 'OXYGEN' when 'chamber_pressure' then 'PRESSURE' when 'bed_temperature' then 'BED'
        end as limited,
        valid_from,
        valid_to
    from {{ ref('stg_registry__channels') }}
    where coalesce(limit_low, limit_high) is not null and interval_s is not null and role <> 'other'
),

-- Every run of a machine whose channel had limits on the day it is booked: one without any value lacks the element.
expected as (
    select distinct
        runs.run_id,
        limited.limited
    from runs
    inner join limited
        on
            runs.equipment_id = limited.equipment_id
            and runs.booked_day between limited.valid_from and limited.valid_to
),

keys as (
    select * from expected
    union
    select
        run_id,
        limited
    from timed
),

final as (
    {%- for suffix, column in [('OUT', 'out_s'), ('TIME', 'time_s')] %}
    select
        keys.run_id,
        keys.limited || '_{{ suffix }}' as element,
        coalesce(timed.{{ column }}, 0)::decimal(28, 6) as value,
        (timed.run_id is not null)::bigint as n,
        (timed.run_id is null)::bigint as missing
    from keys
    left join timed on keys.run_id = timed.run_id and keys.limited = timed.limited
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
