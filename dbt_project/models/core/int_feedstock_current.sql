select
    event_date,
    event_id,
    part,
    equipment_id,
    observed_at,
    movement,
    lot,
    into_lot,
    material,
    mass_kg,
    virgin,
    reuse_count,
    run_ref
from {{ ref('fct_feedstock_movement') }}
{{ not_superseded(['source', 'device', 'record_ref']) }}
