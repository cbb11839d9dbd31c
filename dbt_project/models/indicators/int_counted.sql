{#- What the office's records and the registry count: one line per element that contracts/counted defines. A record that
    does not say what is summed counts nothing. -#}
{%- set facts = dict(counted_elements()) -%}
{%- set _ = facts.pop('run') -%}
with
{%- for stream in facts %}
{{ stream }} as (
    select * from {{ ref('int_pilot_record' if stream == 'pilot' else 'fct_' ~ stream) }}
){{ ',' if not loop.last }}
{%- endfor %}

{%- for stream, elements in facts.items() %}
{%- set of_stream = not loop.first %}
{%- for element in elements %}
{{ 'union all' if of_stream or not loop.first }}
select
    '{{ element.name }}' as element,
    '{{ stream }}' as of_stream,
    ({{ element.subject }})::varchar as subject,
    ({{ element.day }})::date as day,
    {{ '(' ~ element.until ~ ')::date' if element.until else 'null::date' }} as counts_until,
    ({{ element.amount }})::decimal(28, 6) as amount,
    {{ 'true' if element.once else 'false' }} as is_once,
    ({{ element.protected }})::varchar as protected,
    event_id,
    event_date,
    received_at,
    subproject,
    pilot,
    testbed,
    regions,
    company_region,
    {{ "place = 'nms'" if stream == 'statistic' else 'true' }} as of_programme
from {{ stream }}
where
    ({{ element.where }})
    and ({{ element.day }}) is not null
    and ({{ element.subject }}) is not null
    and ({{ element.amount }}) is not null
{%- endfor %}
{%- endfor %}
