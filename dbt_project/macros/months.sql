{#- The elements that a month sums, and how many decimals they keep. -#}
{% macro month_times() -%}
{{ return(['pot_s', 'pbt_s', 'apt_s', 'aust_s', 'adet_s', 'adot_s', 'run_s', 'known_s', 'pq', 'gq', 'sq', 'pri_pq_s', 'pri_gq_s']) }}
{%- endmacro %}

{% macro month_counts() -%}
{{ return([
    'builds_started', 'builds_accepted', 'open_runs', 'closed_runs', 'runs_without_quantity', 'runs_without_planned_time',
    'outputs_without_run',
]) }}
{%- endmacro %}

{#- A month's row from summed elements: the elements as they are, then the ratios, each divided once (ISO 22400-2).
    A ratio is empty when its denominator is 0, or when what it asks for is not known in full: a closed run lacks it, or
    an output belongs to no run. -#}
{% macro month_of_sums(key, relation) -%}
{%- set quantity_known = 'runs_without_quantity + outputs_without_run = 0' -%}
{%- set planned_time_known = 'runs_without_planned_time + outputs_without_run = 0' -%}
select
    {{ key }},
    period_start,
    (period_start + interval 1 month - interval 1 day)::date as period_end,
    {%- for column in month_times() %}
    {{ column }}::decimal(28, 6) as {{ column }},
    {%- endfor %}
    {%- for column in month_counts() %}
    {{ column }}::bigint as {{ column }},
    {%- endfor %}
    {{ ratio('apt_s', 'pbt_s') }} as availability,
    case when {{ planned_time_known }} then {{ ratio('pri_pq_s', 'apt_s') }} end as effectiveness,
    case when {{ quantity_known }} then {{ ratio('gq', 'pq') }} end as quality_ratio,
    case
        when {{ quantity_known }} and {{ planned_time_known }} then {{ ratio('pri_gq_s', 'pbt_s') }}
    end as oee,
    case
        when {{ quantity_known }} and {{ planned_time_known }}
            then {{ ratio('aust_s + apt_s', 'apt_s') }} * {{ ratio('pri_gq_s', 'pbt_s') }}
    end as nee,
    {{ ratio('builds_accepted', 'builds_started') }} as build_success_rate,
    {{ ratio('run_s', 'pot_s') }} as utilisation,
    {{ ratio('known_s', 'pot_s') }} as coverage
from {{ relation }}
{%- endmacro %}
