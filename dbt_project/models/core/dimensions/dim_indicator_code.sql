select
    indicator_id,
    code_list,
    code,
    relation,
    unverified
from {{ ref('stg_registry__indicator_codes') }}
