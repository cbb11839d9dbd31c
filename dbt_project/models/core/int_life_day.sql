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
        lag(signs.observed_at) over (
            partition by signs.equipment_id, signs.event_date order by signs.observed_at
        ) as previous_at
    from signs
    left join equipment
        on
            signs.equipment_id = equipment.equipment_id
            and signs.event_date between equipment.valid_from and equipment.valid_to
),

numbered as (
    select
        *,
        count(*) filter (where observed_at > {{ seconds_after('previous_at', 'silent_after_s') }}) over (
            partition by equipment_id, event_date order by observed_at
        ) as stretch
    from followed
),

final as (
    select
        event_date,
        equipment_id,
        min(observed_at) as alive_from,
        max(observed_at) as alive_until,
        max(silent_after_s) as silent_after_s
    from numbered
    group by event_date, equipment_id, stretch
)

select * from final
