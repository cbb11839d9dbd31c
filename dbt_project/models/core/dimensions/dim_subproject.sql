select
    subproject_id,
    name_sv,
    name_en
from {{ ref('stg_registry__subprojects') }}
