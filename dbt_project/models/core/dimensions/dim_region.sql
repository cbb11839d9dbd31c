select
    region_id,
    name_sv,
    name_en,
    nuts3
from {{ ref('stg_registry__regions') }}
