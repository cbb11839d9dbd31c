select
    testbed_id,
    name_sv,
    name_en,
    region_id,
    municipality,
    kind
from {{ ref('stg_registry__testbeds') }}
