{#- The elements of runs: of the CTE `of_runs` (run_id, and for each element `<element>_value`, `_n` and `_missing`) one
    row per run and element that it has anything to say of; an element with neither contribution nor gap has no row. -#}
{% macro run_elements(elements) -%}
{%- for element in elements %}
select
    run_id,
    '{{ element }}' as element,
    coalesce({{ element | lower }}_value, 0)::decimal(28, 6) as value,
    {{ element | lower }}_n::bigint as n,
    {{ element | lower }}_missing::bigint as missing
from of_runs
where {{ element | lower }}_n + {{ element | lower }}_missing > 0
{{ 'union all' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- The elements of closed runs on the local day on which they are booked. Reads the CTEs `elements` and `runs`. -#}
{% macro booked_elements() -%}
select
    runs.equipment_id,
    runs.booked_day as day,
    elements.element,
    elements.value,
    elements.n,
    elements.missing
from elements
inner join runs on elements.run_id = runs.run_id
where runs.closed
{%- endmacro %}

{#- One row per machine, local day and element: the sums of a relation that has some of them several times. -#}
{% macro summed_elements(relation) -%}
select
    equipment_id,
    day,
    element,
    sum(value)::decimal(28, 6) as value,
    sum(n)::bigint as n,
    sum(missing)::bigint as missing
from {{ relation }}
group by equipment_id, day, element
{%- endmacro %}
