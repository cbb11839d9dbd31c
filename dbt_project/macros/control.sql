{#- What a chart needs to know of the values of a group; `lowest` is the group's smallest value. Squares are of the
    distance from it, not from 0, so that nothing is lost; sums are of decimals, so that their order says nothing. -#}
{% macro group_of_values(relation, characteristics) -%}
count(*)::bigint as n,
        sum({{ relation }}.value)::decimal(28, 9) as total,
        min({{ relation }}.lowest) as lowest,
        max({{ relation }}.value) as highest,
        abs(
            sum(power(({{ relation }}.value - {{ relation }}.lowest)::double, 2)::decimal(38, 18))::double
            - power(sum({{ relation }}.value - {{ relation }}.lowest)::double, 2) / count(*)
        ) as deviation_squares,
        count(*) filter (where {{ relation }}.value::double < {{ characteristics }}.lsl) as below_lsl,
        count(*) filter (where {{ relation }}.value::double > {{ characteristics }}.usl) as above_usl
{%- endmacro %}

{#- Mean of values as a double: the sum of decimals, divided once. -#}
{% macro exact_mean(value) -%}
sum(({{ value }})::decimal(38, 18))::double / count({{ value }})
{%- endmacro %}

{#- Where the values of a statistic are expected, of groups of n; from the process parameter `base` and sigma. -#}
{% macro control_center(n='n') -%}
case statistic
    when 'r' then d2 * sigma
    when 'mr' then d2 * sigma
    when 's' then c4 * sigma
    when 'np' then {{ n }} * base
    else base
end
{%- endmacro %}

{#- Standard deviation of a statistic, of groups of n. -#}
{% macro control_deviation(n='n') -%}
case statistic
    when 'xbar' then sigma / sqrt({{ n }})
    when 'r' then d3 * sigma
    when 'mr' then d3 * sigma
    when 's' then sigma * sqrt(1 - c4 * c4)
    when 'p' then sigma / sqrt({{ n }})
    when 'np' then sigma * sqrt({{ n }})
    when 'u' then sigma / sqrt({{ n }})
    else sigma
end
{%- endmacro %}

{#- Three standard deviations below and above the centre; never where the statistic cannot be. DuckDB's greatest and
    least pass over what is empty: the limits of no centre are asked for first. -#}
{% macro lower_control_limit() -%}
case
    when deviation is null then null
    when statistic in ('xbar', 'x') then center - 3 * deviation
    else greatest(center - 3 * deviation, 0)
end
{%- endmacro %}

{% macro upper_control_limit(n='n') -%}
case
    when deviation is null then null
    when statistic = 'p' then least(center + 3 * deviation, 1)
    when statistic = 'np' then least(center + 3 * deviation, {{ n }})
    else center + 3 * deviation
end
{%- endmacro %}
