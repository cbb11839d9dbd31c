with runs as (
    {{ runs_to_join() }}
),

layers as (
    select * from {{ ref('int_layer_current') }}
),

{{ with_run('layers') }},

final as (
    select
        event_date,
        event_id,
        part,
        equipment_id,
        observed_at,
        run_id,
        layer,
        layers_planned,
        ended_at,
        layer_s,
        exposure_s,
        anomalies,
        recoater_events
    from with_run
)

select * from final
