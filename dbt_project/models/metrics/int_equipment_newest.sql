select *
from {{ ref('dim_equipment') }}
qualify row_number() over (partition by equipment_id order by valid_from desc) = 1
