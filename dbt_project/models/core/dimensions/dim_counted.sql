select
    element,
    name_sv,
    name_en,
    stream,
    column_name
from {{ ref('stg_counted') }}
