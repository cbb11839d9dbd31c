-- Which machines are in which scope, from when to when, and with which share.
select distinct
    'programme' as scope_type,
    'nms' as scope_id,
    equipment_id,
    1::decimal(5, 4) as share,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
from {{ ref('int_equipment_held') }}
union all
select
    'testbed' as scope_type,
    testbed_id as scope_id,
    equipment_id,
    1::decimal(5, 4) as share,
    valid_from,
    valid_to
from {{ ref('int_equipment_held') }}
union all
select
    'region' as scope_type,
    testbeds.region_id as scope_id,
    held.equipment_id,
    1::decimal(5, 4) as share,
    held.valid_from,
    held.valid_to
from {{ ref('int_equipment_held') }} as held
inner join {{ ref('dim_testbed') }} as testbeds on held.testbed_id = testbeds.testbed_id
union all
select
    'subproject' as scope_type,
    pilots.subproject_id as scope_id,
    allocations.equipment_id,
    allocations.share,
    allocations.valid_from,
    allocations.valid_to
from {{ ref('fct_allocation') }} as allocations
inner join {{ ref('dim_pilot') }} as pilots on allocations.pilot_id = pilots.pilot_id
union all
select
    'pilot' as scope_type,
    pilot_id as scope_id,
    equipment_id,
    share,
    valid_from,
    valid_to
from {{ ref('fct_allocation') }}
