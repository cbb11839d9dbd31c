select
    pilot_id,
    equipment_id,
    valid_from,
    share::decimal(5, 4) as share,
    valid_to
from {{ ref('stg_registry__allocations') }}
