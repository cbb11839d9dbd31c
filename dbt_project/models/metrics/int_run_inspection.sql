with inspections as (
    select * from {{ ref('int_inspection_run') }}
    where run_id is not null
),

-- Where all that was inspected was accepted, nothing is scrap or waits for rework, though nobody says so.
judged as (
    select
        * exclude (scrap_quantity, rework_quantity),
        coalesce(scrap_quantity, case when accepted_quantity = inspected_quantity then 0 end) as scrap_quantity,
        coalesce(rework_quantity, case when accepted_quantity = inspected_quantity then 0 end) as rework_quantity
    from inspections
),

-- Parts that are inspected again after rework were found once: their quantity moves from rework to accepted or scrap.
final as (
    select
        run_id,
        bool_or(first_pass) as at_first,
        count(*) as inspections,
        count(*) filter (where accepted_quantity is null) as without_result,
        count(*) filter (where scrap_quantity is null) as without_scrap,
        count(*) filter (
            where case when first_pass then rework_quantity else accepted_quantity + scrap_quantity end is null
        ) as without_rework,
        count(*) filter (where first_pass) as first_inspections,
        count(*) filter (where first_pass and accepted_quantity is null) as first_without_result,
        count(*) filter (where first_pass and inspected_quantity is null) as first_without_quantity,
        {%- for quantity in ['inspected', 'accepted', 'scrap', 'rework'] %}
        sum({{ quantity }}_quantity) filter (where first_pass) as first_{{ quantity }},
        {%- endfor %}
        coalesce(sum(accepted_quantity) filter (where not first_pass), 0) as later_accepted,
        coalesce(sum(scrap_quantity) filter (where not first_pass), 0) as later_scrap,
        max(observed_at) filter (where accepted_quantity > 0) as accepted_at
    from judged
    group by run_id
)

select * from final
