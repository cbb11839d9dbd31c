select
    product_id,
    valid_from,
    name_sv,
    name_en,
    planned_run_time_s::decimal(18, 6) as planned_run_time_s,
    planned_setup_s,
    planned_scrap_ratio,
    part_mass_kg::decimal(18, 6) as part_mass_kg,
    valid_to
from {{ ref('stg_registry__products') }}
