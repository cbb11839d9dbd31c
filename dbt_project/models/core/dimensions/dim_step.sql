select
    step_id,
    goal_id,
    text_sv,
    text_en
from {{ ref('stg_registry__steps') }}
