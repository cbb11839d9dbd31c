with runs as (
    select * from {{ ref('met_elements_run') }}
),

allocations as (
    select * from {{ ref('fct_allocation') }}
),

-- A run is the pilot's when its machine works for it on the day on which the run is booked, as in the pilot's months.
final as (
    select
        allocations.pilot_id,
        runs.outcome,
        count(*) as runs
    from runs
    inner join allocations
        on
            runs.equipment_id = allocations.equipment_id
            and runs.booked_day between allocations.valid_from and allocations.valid_to
    group by allocations.pilot_id, runs.outcome
)

select * from final
