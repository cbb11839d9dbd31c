select
    'programme' as scope_type,
    'nms' as scope_id,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
union all
select
    'subproject' as scope_type,
    subproject_id as scope_id,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
from {{ ref('dim_subproject') }}
union all
select
    kinds.scope_type,
    regions.region_id as scope_id,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
from {{ ref('dim_region') }} as regions
cross join (values ('region'), ('company_region')) as kinds (scope_type)
union all
select
    'pilot' as scope_type,
    pilot_id as scope_id,
    valid_from,
    valid_to
from {{ ref('dim_pilot') }}
union all
select
    'testbed' as scope_type,
    testbed_id as scope_id,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
from {{ ref('dim_testbed') }}
