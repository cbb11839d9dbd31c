{#- Since when an element can be told from "not reported": the first record of its stream, with its column if any. -#}
{%- set facts = counted_elements() -%}
{%- for stream, elements in facts.items() %}
{%- set of_stream = not loop.first %}
{%- for element in elements %}
{{ 'union all' if of_stream or not loop.first }}
select
    '{{ element.name }}' as element,
    {%- if stream == 'pilot' %}
    min(valid_from) as first_day
    {%- else %}
    min({{ 'booked_day' if stream == 'run' else 'event_date' }}) filter (where {{ element.column }} is not null)
        as first_day
    {%- endif %}
from {{ ref({'run': 'int_run_record', 'pilot': 'int_pilot_record'}.get(stream, 'fct_' ~ stream)) }}
{%- endfor %}
{%- endfor %}
