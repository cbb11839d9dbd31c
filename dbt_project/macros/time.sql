{#- Local calendar day of an instant, in the site's time zone. -#}
{% macro local_day(instant) -%}
(({{ instant }}) at time zone '{{ env_var("BRUK_TIME_ZONE") }}')::date
{%- endmacro %}

{#- The instant of a local wall-clock time: a day, and seconds after its midnight. Right on days of 23 and 25 hours. -#}
{% macro local_instant(day, seconds='0') -%}
(({{ day }})::timestamp + to_seconds({{ seconds }})) at time zone '{{ env_var("BRUK_TIME_ZONE") }}'
{%- endmacro %}

{#- Seconds from one instant to another as DECIMAL: sums of it do not depend on their order. -#}
{% macro seconds_between(earlier, later) -%}
((epoch_us({{ later }}) - epoch_us({{ earlier }})) * 0.000001::decimal(7, 6))::decimal(18, 6)
{%- endmacro %}

{#- Seconds that two intervals share, never negative. -#}
{% macro overlap_s(begin_a, end_a, begin_b, end_b) -%}
greatest({{ seconds_between('greatest(' ~ begin_a ~ ', ' ~ begin_b ~ ')', 'least(' ~ end_a ~ ', ' ~ end_b ~ ')') }}, 0)
{%- endmacro %}

{#- A ratio of two sums: divided once, empty when the denominator is 0 or missing. -#}
{% macro ratio(numerator, denominator) -%}
(({{ numerator }})::double / nullif({{ denominator }}, 0)::double)
{%- endmacro %}

{#- The instant so many seconds (DOUBLE) after another; empty where the seconds are. -#}
{% macro seconds_after(instant, seconds) -%}
make_timestamptz(epoch_us({{ instant }}) + round(({{ seconds }}) * 1000000)::bigint)
{%- endmacro %}
