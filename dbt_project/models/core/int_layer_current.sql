select
    event_date,
    event_id,
    part,
    equipment_id,
    observed_at,
    run_ref,
    layer,
    layers_planned,
    ended_at,
    layer_s,
    exposure_s,
    recoat_s,
    height_mm,
    anomalies,
    recoater_events
from {{ ref('fct_layer') }}
{{ not_superseded(['equipment_id', 'run_ref', 'layer']) }}
