{%- set indicators = ['g1_1a', 'g1_1c', 'g1_4d', 'g1_4g', 'g3_4b', 'g3_4e', 'g4_3b', 'g5_2a'] -%}
-- The inputs of all indicators. A new indicator is one model and one word in this list.
{% for name in indicators %}
select * from {{ ref('ind_' ~ name) }}
{{ 'union all' if not loop.last }}
{%- endfor %}
