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

{#- A month's row: its summed elements as they are, then the ratios, which are those of the definitions
    (met_kpi_period), empty where they are not assessable. -#}
{% macro month_of_sums(scope, key, relation) -%}
select
    sums.{{ key }},
    sums.period_start,
    (sums.period_start + interval 1 month - interval 1 day)::date as period_end,
    {%- for column in month_times() %}
    sums.{{ column }}::decimal(28, 6) as {{ column }},
    {%- endfor %}
    {%- for column in month_counts() %}
    sums.{{ column }}::bigint as {{ column }},
    {%- endfor %}
    {%- for column, _ in month_ratios() %}
    ratios.{{ column }},
    {%- endfor %}
    ratios.coverage
from {{ relation }} as sums
left join (
    select
        scope_id,
        period_start,
        max(coverage) as coverage,
        {{ ratio_columns(month_ratios()) }}
    from {{ ref('met_kpi_period') }}
    where scope_type = '{{ scope }}'
    group by scope_id, period_start
) as ratios on sums.{{ key }} = ratios.scope_id and sums.period_start = ratios.period_start
{%- endmacro %}
