select
    equipment_id,
    channel,
    name_sv,
    name_en,
    unit,
    minimum,
    maximum
from {{ ref('stg_registry__channels') }}
qualify row_number() over (partition by equipment_id, channel order by valid_from desc) = 1
