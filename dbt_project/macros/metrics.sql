{#- The rooms that make elements: each has a model int_element_<room> and int_run_element_<room>. One more is one word. -#}
{% macro element_rooms() -%}
{{ return(['states', 'runs', 'stops', 'limits', 'inspections', 'layers', 'feedstock', 'energy']) }}
{%- endmacro %}

{#- Rooms whose elements belong to no run: what lies between two failures may lie in several. -#}
{% macro rooms_without_runs() -%}
{{ return(['stops']) }}
{%- endmacro %}

{#- Rows of elements out of one wide row: each element is (name, value, n, missing), all SQL; the keys are repeated. -#}
{% macro element_rows(keys, elements, relation) -%}
select
    {{ keys | join(',\n    ') }},
    unnest([
        {%- for name, value, n, missing in elements %}
        {
            'element': '{{ name }}', 'value': coalesce({{ value }}, 0)::decimal(28, 6),
            'n': ({{ n }})::bigint, 'missing': ({{ missing }})::bigint
        }{{ ',' if not loop.last }}
        {%- endfor %}
    ], recursive := true)
from {{ relation }}
{%- endmacro %}

{#- The definitions that have a number in one of these scopes. A worked example names those it looks at in `vars`. -#}
{% macro metrics_in(scopes) -%}
{%- set found = [] -%}
{%- set named = var('metrics', []) -%}
{%- for metric in metric_definitions() if metric.scopes | select('in', scopes) | list -%}
    {%- if not named or metric.id in named -%}{%- do found.append(metric) -%}{%- endif -%}
{%- endfor -%}
{{ return(found) }}
{%- endmacro %}

{#- Elements as columns: the sum `apt`, its contributions `apt_n`, what is known to be absent `apt_missing`, and of how
    many machines it is told, `apt_machines` (SQL; 1 of a run). `also`: elements that no definition names. To be grouped
    by the scope. -#}
{% macro element_columns(metrics, machines, also=[]) -%}
{%- set names = also | list -%}
{%- for metric in metrics -%}
    {%- for name in metric.elements + metric.n if name not in names -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
{%- endfor -%}
{%- for name in names %}
max(value) filter (where element = '{{ name }}') as {{ name | lower }},
coalesce(max(n) filter (where element = '{{ name }}'), 0) as {{ name | lower }}_n,
coalesce(max(missing) filter (where element = '{{ name }}'), 1) as {{ name | lower }}_missing,
coalesce(max({{ machines }}) filter (where element = '{{ name }}'), 0) as {{ name | lower }}_machines
{{- ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}

{#- One row per metric out of a row of elements as columns: numerator and denominator, n, and what stands in the way
    before they may be divided. `lacks`: an element that nobody makes; `absent`: one of which a contribution is missing,
    or that is told of fewer machines than the others, so that it would be divided by what it does not cover. -#}
{% macro metric_rows(metrics) -%}
unnest([
    {%- for metric in metrics %}
    {%- set made = metric.elements | reject('in', metric.lacks) | map('lower') | list %}
    {
        'metric_id': '{{ metric.id }}', 'metric_version': '{{ metric.version }}',
        'scopes': {{ metric.scopes }}, 'scale': {{ metric.scale }}::double,
        'numerator': ({{ metric.numerator }})::double, 'denominator': ({{ metric.denominator }})::double,
        'n': {{ metric.n | map('lower') | join('_n + ') }}_n, 'n_min': {{ metric.n_min }}, 'coverage_min': {{ metric.coverage_min }}::double,
        'lacks': {{ "'" ~ metric.lacks[0] ~ "'" if metric.lacks else 'null::varchar' }},
        'absent': case
            when {{ metric.lacks | length }} > 0 then null
            {%- for name in made %}
            when
                {{ name }} is null or {{ name }}_missing > 0
                {%- for other in made if other != name %} or {{ name }}_machines < {{ other }}_machines{% endfor %}
                then '{{ name | upper }}'
            {%- endfor %}
        end,
        'is_told': {% for name in metric.elements %}{{ ' or ' if not loop.first }}{{ name | lower }} is not null{% endfor %}
    }{{ ',' if not loop.last }}
    {%- endfor %}
], max_depth := 2)
{%- endmacro %}

{#- Why a number may not be told, the first that holds; empty where it may. Reads the columns of metric_rows. -#}
{% macro metric_reason() -%}
case
    when lacks is not null then 'needs:' || lacks
    when absent is not null then 'missing:' || absent
    when coverage_min > 0 and coalesce(coverage, 0) < coverage_min then 'coverage'
    when n < n_min then 'n'
    when denominator = 0 then 'zero'
end
{%- endmacro %}

{#- The ratios that stand in the months of machines, testbeds and pilots: column, and the metric that it is. -#}
{% macro month_ratios() -%}
{{ return([
    ('availability', 'availability'), ('effectiveness', 'effectiveness'), ('quality_ratio', 'quality_ratio'),
    ('oee', 'oee'), ('nee', 'nee'), ('build_success_rate', 'build_success_rate'),
    ('utilisation', 'machine_utilisation_of_planned'),
]) }}
{%- endmacro %}

{#- Some metrics of a table of numbers as columns, each a ratio and not a percentage; empty where it is not assessable. -#}
{% macro ratio_columns(columns) -%}
{%- for column, metric in columns %}
max(numerator / denominator) filter (where metric_id = '{{ metric }}' and assessable) as {{ column }}
{{- ',' if not loop.last }}
{%- endfor %}
{%- endmacro %}
