select
    pilot_id,
    name_sv,
    name_en,
    subproject_id,
    regions,
    summary_sv,
    summary_en,
    valid_from,
    valid_to
from {{ ref('stg_registry__pilots') }}
