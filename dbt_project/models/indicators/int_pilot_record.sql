-- The pilots of the registry as records, so that they count as others do; each from its first day to its last.
select
    pilot_id as event_id,
    valid_from as event_date,
    null::timestamptz as received_at,
    pilot_id,
    valid_from,
    (valid_to + interval 1 day)::date as ended_on,
    subproject_id as subproject,
    pilot_id as pilot,
    null::varchar as testbed,
    regions,
    null::varchar as company_region
from {{ ref('dim_pilot') }}
