{#- What the machine itself says: no meter, no laboratory and no person at the powder knows whether it is alive. -#}
{%- set streams = ['event', 'layer', 'measurement', 'output', 'run', 'state'] -%}
{{ config(materialized='touched_days', streams=streams) }}

with signs as (
    {%- for stream in streams %}
    select
        event_date,
        {{ 'equipment_id' if stream == 'measurement' else 'equipment as equipment_id' }},
        observed_at
    from {{ ref('fct_measurement' if stream == 'measurement' else 'stg_' ~ stream) }}
    where {{ in_touched_days() }}
    {{ 'union all' if not loop.last }}
    {%- endfor %}
),

equipment as (
    select * from {{ ref('stg_registry__equipment') }}
),

followed as (
    select
        signs.*,
        equipment.silent_after_s,
        lag(signs.observed_at) over in_day as previous_at,
        max(signs.observed_at) over (partition by signs.equipment_id, signs.event_date) as newest_at
    from signs
    left join equipment
        on
            signs.equipment_id = equipment.equipment_id
            and signs.event_date between equipment.valid_from and equipment.valid_to
    window in_day as (partition by signs.equipment_id, signs.event_date order by signs.observed_at)
),

-- The signs that come after a silence, and the first of the day: few, so that what follows costs nothing.
beginnings as (
    select * from followed
    where previous_at is null or observed_at > {{ seconds_after('previous_at', 'silent_after_s') }}
),

final as (
    select
        event_date,
        equipment_id,
        observed_at as alive_from,
        coalesce(
            lead(previous_at) over (partition by equipment_id, event_date order by observed_at), newest_at
        ) as alive_until,
        silent_after_s
    from beginnings
)

select * from final
