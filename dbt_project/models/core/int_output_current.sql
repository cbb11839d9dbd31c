select
    event_date,
    event_id,
    part,
    equipment_id,
    observed_at,
    run_ref,
    product,
    produced_quantity,
    good_quantity,
    scrap_quantity,
    rework_quantity
from {{ ref('fct_output') }}
{{ not_superseded(['source', 'device', 'record_ref']) }}
