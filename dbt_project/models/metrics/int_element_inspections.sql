with runs as (
    select * from {{ ref('met_elements_run') }}
),

elements as (
    select * from {{ ref('int_run_element_inspections') }}
),

-- Parts whose run is not known were inspected all the same; of which parts they are the accepted ones nobody can say.
without_run as (
    select
        equipment_id,
        {{ local_day('observed_at') }} as day,
        inspected_quantity,
        accepted_quantity
    from {{ ref('int_inspection_run') }}
    where run_id is null and first_pass
),

collected as (
    {{ booked_elements() }}
    union all
    {%- for element, quantity in [('IP', 'inspected'), ('GP', 'accepted')] %}
    select
        equipment_id,
        day,
        '{{ element }}' as element,
        coalesce({{ quantity }}_quantity, 0) as value,
        ({{ quantity }}_quantity is not null)::int as n,
        ({{ quantity }}_quantity is null)::int as missing
    from without_run
    union all
    {%- endfor %}
    select
        equipment_id,
        day,
        unnest(['INSPECTED', 'ACCEPTED', 'ACCEPTED_MASS']) as element,
        0 as value,
        0 as n,
        1 as missing
    from without_run
),

final as (
    {{ summed_elements('collected') }}
)

select * from final
