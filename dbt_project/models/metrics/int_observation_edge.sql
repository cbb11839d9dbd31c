-- The time line of a machine (channel empty) and of each of its channels: where something begins (+1) and ends (-1).
with refresh as (
    select
        date_trunc('second', as_of) as as_of,
        {{ local_day('as_of') }} as last_day,
        programme_start
    from {{ ref('stg_refresh') }}
),

records as (
    select
        equipment_id,
        '' as channel,
        valid_from,
        valid_to
    from {{ ref('dim_equipment') }}
    union all
    select
        equipment_id,
        channel,
        valid_from,
        valid_to
    from {{ ref('stg_registry__channels') }}
    where interval_s is not null
),

-- What is to be known: every registered machine, and every channel that has an interval, up to the newest data.
frames as (
    select
        records.equipment_id,
        records.channel,
        greatest(
            {{ local_instant('min(records.valid_from)') }}, {{ local_instant('refresh.programme_start') }}
        ) as started_at,
        least({{ local_instant('(least(max(records.valid_to), refresh.last_day) + 1)') }}, refresh.as_of) as ended_at
    from records
    cross join refresh
    group by records.equipment_id, records.channel, refresh.programme_start, refresh.last_day, refresh.as_of
),

states as (
    select
        *,
        '' as channel
    from {{ ref('fct_state_interval') }}
),

known_states as (
    select * from states
    where state <> 'unknown'
),

coverage as (
    select * from {{ ref('int_channel_coverage') }}
),

good_values as (
    select * from coverage
    where is_good
),

bad_values as (
    select * from coverage
    where not is_good
),

windows as (
    select
        frames.equipment_id,
        frames.channel,
        windows.opens_at as started_at,
        windows.closes_at as ended_at
    from {{ ref('int_planned_window') }} as windows
    inner join frames on windows.equipment_id = frames.equipment_id
),

said_unknown as (
    select
        frames.equipment_id,
        frames.channel,
        states.started_at,
        states.ended_at
    from states
    inner join frames on states.equipment_id = frames.equipment_id
    where states.state = 'unknown' and not states.is_silent
),

refused as (
    select distinct
        frames.equipment_id,
        frames.channel,
        quarantined.received_hour as started_at,
        quarantined.received_hour + interval 1 hour as ended_at
    from {{ ref('stg_quarantined') }} as quarantined
    inner join frames on quarantined.equipment_id = frames.equipment_id
),

edges as (
    {%- for relation, kind in [
        ('frames', 'frame'), ('known_states', 'known'), ('good_values', 'known'), ('windows', 'planned'),
        ('said_unknown', 'down'), ('refused', 'bad'), ('bad_values', 'bad'),
    ] %}
    select
        equipment_id,
        channel,
        unnest([started_at, ended_at]) as edge_at,
        '{{ kind }}' as kind,
        unnest([1, -1]) as step
    from {{ relation }}
    where started_at < ended_at
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

final as (
    select
        equipment_id,
        channel,
        edge_at,
        {%- for kind in ['frame', 'known', 'planned', 'down', 'bad'] %}
        coalesce(sum(step) filter (where kind = '{{ kind }}'), 0)::bigint as {{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
    from edges
    group by equipment_id, channel, edge_at
)

select * from final
