select
    event_date,
    event_id,
    part,
    equipment_id,
    observed_at,
    run_ref,
    product,
    serial,
    characteristic,
    sample,
    value,
    inspected_quantity,
    accepted_quantity,
    scrap_quantity,
    rework_quantity,
    defects,
    first_pass,
    accepted_mass_kg,
    received_at
from {{ ref('fct_inspection') }}
{{ not_superseded(['source', 'device', 'record_ref']) }}
