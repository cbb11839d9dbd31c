{%- set limited -%}
case role when 'oxygen' then 'OXYGEN' when 'chamber_pressure' then 'PRESSURE' when 'bed_temperature' then 'BED' end
{%- endset -%}

with turns as (
    select * from {{ ref('int_run_turn') }}
),

stretches as (
    select
        *,
        {{ limited }} as limited
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

channels as (
    select
        equipment_id,
        channel,
        {{ limited }} as limited,
        valid_from,
        valid_to
    from {{ ref('stg_registry__channels') }}
    where coalesce(limit_low, limit_high) is not null and interval_s is not null and role <> 'other'
),

watched_twice as (
    select
        equipment_id,
        limited
    from channels
    group by equipment_id, limited
    having count(distinct channel) > 1
),

held as (
    select
        turn_days.run_id,
        stretches.limited,
        stretches.channel,
        stretches.out_of_limits,
        watched_twice.limited is not null as is_watched_twice,
        greatest(stretches.started_at, turn_days.started_at) as started_at,
        least(stretches.ended_at, turn_days.ended_at) as ended_at
    from turn_days
    inner join stretches
        on
            turn_days.equipment_id = stretches.equipment_id
            and turn_days.event_date = stretches.event_date
            and turn_days.started_at < stretches.ended_at
            and stretches.started_at < turn_days.ended_at
    left join watched_twice
        on stretches.equipment_id = watched_twice.equipment_id and stretches.limited = watched_twice.limited
    where stretches.limited is not null
),

-- Where several channels of a machine watch the same, one that knows is enough, and so is one that is out: of each
-- stretch counts what lies beyond the ends of those that began before it. Stretches of one channel never overlap.
reached as (
    select
        *,
        null::timestamptz as known_until,
        null::timestamptz as out_until
    from held
    where not is_watched_twice
    union all
    select
        *,
        max(ended_at) over earlier as known_until,
        max(case when out_of_limits then ended_at end) over earlier as out_until
    from held
    where is_watched_twice
    window earlier as (
        partition by run_id, limited
        order by started_at, channel rows between unbounded preceding and 1 preceding
    )
),

timed as (
    select
        run_id,
        limited,
        sum(greatest({{ seconds_between('greatest(started_at, known_until)', 'ended_at') }}, 0)) as time_s,
        sum(greatest({{ seconds_between('greatest(started_at, out_until)', 'ended_at') }}, 0))
            filter (where out_of_limits) as out_s
    from reached
    group by run_id, limited
),

turn_times as (
    select
        run_id,
        sum({{ seconds_between('started_at', 'ended_at') }}) as turn_s
    from turns
    group by run_id
),

runs as (
    select * from {{ ref('met_elements_run') }}
),

-- Every run of a machine whose channel had limits on the day it is booked: one without any value lacks the element.
expected as (
    select distinct
        runs.run_id,
        channels.limited
    from runs
    inner join channels
        on
            runs.equipment_id = channels.equipment_id
            and runs.booked_day between channels.valid_from and channels.valid_to
),

keys as (
    select * from expected
    union
    select
        run_id,
        limited
    from timed
),

-- What is not known of a run may have been out of limits.
told as (
    select
        keys.run_id,
        keys.limited,
        timed.time_s,
        timed.out_s,
        coalesce(
            timed.time_s >= turn_times.turn_s * case keys.limited
                {%- for name in ['OXYGEN', 'PRESSURE', 'BED'] %}
                when '{{ name }}' then {{ known_min(name ~ '_TIME') }}
                {%- endfor %}
            end,
            false
        ) as is_told
    from keys
    left join timed on keys.run_id = timed.run_id and keys.limited = timed.limited
    left join turn_times on keys.run_id = turn_times.run_id
),

final as (
    {%- for suffix, column in [('OUT', 'out_s'), ('TIME', 'time_s')] %}
    select
        run_id,
        limited || '_{{ suffix }}' as element,
        coalesce({{ column }}, 0)::decimal(28, 6) as value,
        is_told::bigint as n,
        (not is_told)::bigint as missing
    from told
    {{ 'union all' if not loop.last }}
    {%- endfor %}
)

select * from final
