select
    code_list,
    code,
    valid_from,
    valid_to,
    name_sv,
    name_en,
    unit_sv,
    unit_en,
    kind,
    common,
    aliases,
    unverified
from {{ ref('stg_registry__erdf_codes') }}
