select
    element,
    name_sv,
    name_en,
    unit,
    room,
    whole
from {{ ref('stg_element') }}
