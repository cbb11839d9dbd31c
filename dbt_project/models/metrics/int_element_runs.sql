-- The elements of the runs that closed on a day. What belongs to no run is missing from all that is counted of runs.
with elements as (
    select * from {{ ref('int_run_element_runs') }}
),

runs as (
    select * from {{ ref('met_elements_run') }}
),

of_runs as (
    select
        runs.equipment_id,
        runs.booked_day as day,
        elements.element,
        elements.value,
        elements.n,
        elements.missing
    from elements
    inner join runs on elements.run_id = runs.run_id
    where runs.closed or elements.element = 'RUNS_OPEN'
),

booked as (
    select
        *,
        unnest(['PQ', 'GQ', 'SQ', 'RQ', 'PRI_PQ', 'PRI_GQ']) as element
    from {{ ref('met_booked_day') }}
    where outputs_without_run > 0
),

without_run as (
    select
        equipment_id,
        day,
        element,
        0::decimal(28, 6) as value,
        0::bigint as n,
        outputs_without_run as missing
    from booked
),

-- A machine of which time is known has made nothing and closed no run where nothing says otherwise.
nothing as (
    select
        equipment_id,
        day,
        unnest([
            'PQ', 'GQ', 'SQ', 'RQ', 'PRI_PQ', 'PRI_GQ', 'POQ', 'PUST', 'PSQ', 'AOET', 'ORDER_APT', 'ORDER_AUBT',
            'RUNS_CLOSED', 'RUNS_OPEN', 'BUILDS_STARTED', 'BUILDS_ACCEPTED'
        ]) as element,
        0::decimal(28, 6) as value,
        0::bigint as n,
        0::bigint as missing
    from {{ ref('int_element_states') }}
    where element = 'POT'
),

united as (
    select * from of_runs
    union all
    select * from without_run
    union all
    select * from nothing
),

final as (
    select
        equipment_id,
        day,
        element,
        sum(value)::decimal(28, 6) as value,
        sum(n)::bigint as n,
        sum(missing)::bigint as missing
    from united
    group by equipment_id, day, element
)

select * from final
