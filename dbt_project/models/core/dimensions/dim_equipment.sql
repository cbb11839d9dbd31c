select
    equipment_id,
    valid_from,
    name_sv,
    name_en,
    testbed_id,
    area,
    work_centre,
    work_unit,
    kind,
    device,
    owner,
    expected_interval_s,
    capacity_per_h,
    confidential_streams,
    valid_to
from {{ ref('stg_registry__equipment') }}
