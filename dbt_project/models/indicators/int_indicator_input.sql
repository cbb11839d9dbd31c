{%- set own = ['g1_1c', 'g1_3d', 'g1_4g', 'g3_4a', 'g3_4b', 'g3_4e', 'g4_3b', 'g5_2a', 'g5_2b', 'g5_2d', 'g5_3d'] -%}
-- The inputs of all indicators. One with a model of its own is a word in this list; the others are data.
select * exclude (place, subject, protected) from {{ ref('int_counted_input') }}
union all
select * from {{ ref('ind_metric') }}
{%- for name in own %}
union all
select * from {{ ref('ind_' ~ name) }}
{%- endfor %}
