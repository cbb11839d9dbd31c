-- No day is without a record: what a machine still says after its record has ended, or said before, is nobody else's.
select
    equipment_id,
    testbed_id,
    owner,
    kind,
    case
        when lag(valid_from) over (partition by equipment_id order by valid_from) is null then date '0001-01-01'
        else valid_from
    end as valid_from,
    coalesce(
        lead(valid_from) over (partition by equipment_id order by valid_from) - 1, date '9999-12-31'
    ) as valid_to
from {{ ref('dim_equipment') }}
