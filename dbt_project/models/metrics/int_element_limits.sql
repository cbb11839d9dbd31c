with elements as (
    select * from {{ ref('int_run_element_limits') }}
),

runs as (
    select * from {{ ref('met_elements_run') }}
    where closed
),

final as (
    select
        runs.equipment_id,
        runs.booked_day as day,
        elements.element,
        sum(elements.value)::decimal(28, 6) as value,
        sum(elements.n)::bigint as n,
        sum(elements.missing)::bigint as missing
    from elements
    inner join runs on elements.run_id = runs.run_id
    group by runs.equipment_id, runs.booked_day, elements.element
)

select * from final
