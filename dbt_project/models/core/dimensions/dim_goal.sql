select
    goal_id,
    name_sv,
    name_en
from {{ ref('stg_registry__goals') }}
