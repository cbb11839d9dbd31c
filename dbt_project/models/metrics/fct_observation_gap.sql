{%- set kinds = ['frame', 'known', 'planned', 'down', 'bad'] -%}

with edges as (
    select * from {{ ref('int_observation_edge') }}
),

-- How much of each kind there is from one edge to the next.
swept as (
    select
        equipment_id,
        channel,
        edge_at as started_at,
        lead(edge_at) over along as ended_at,
        {%- for kind in kinds %}
        sum({{ kind }}) over along as {{ kind }}{{ ',' if not loop.last }}
        {%- endfor %}
    from edges
    window along as (partition by equipment_id, channel order by edge_at)
),

-- Precedence: silence outside planned time is planned; then what the source said of itself; then what was refused.
caused as (
    select
        *,
        case
            when frame = 0 or known > 0 then null
            when planned = 0 then 'planned'
            when down > 0 then 'source_down'
            when bad > 0 then 'quarantined'
            else 'no_data'
        end as cause
    from swept
    where ended_at is not null
),

followed as (
    select
        *,
        lag(cause) over (partition by equipment_id, channel order by started_at) as cause_before
    from caused
),

numbered as (
    select
        *,
        sum((cause_before is distinct from cause)::bigint) over (
            partition by equipment_id, channel order by started_at
        ) as stretch
    from followed
),

unknown_time as (
    select
        equipment_id,
        nullif(channel, '') as channel,
        null::varchar as source,
        min(started_at) as started_at,
        max(ended_at) as ended_at,
        cause,
        null::varchar as detail
    from numbered
    where cause is not null
    group by equipment_id, channel, stretch, cause
),

-- What was refused stands here as well, whether or not the machine was known meanwhile: by hour of arrival and source.
refused as (
    select
        equipment_id,
        null::varchar as channel,
        source,
        received_hour as started_at,
        received_hour + interval 1 hour as ended_at,
        'quarantined' as cause,
        string_agg(code || ' ' || n, ', ' order by code) as detail
    from {{ ref('stg_quarantined') }}
    group by equipment_id, source, received_hour
),

gaps as (
    select * from unknown_time
    union all
    select * from refused
),

final as (
    select
        equipment_id,
        channel,
        source,
        started_at,
        ended_at,
        cause,
        {{ seconds_between('started_at', 'ended_at') }} as seconds,
        detail
    from gaps
)

select * from final
