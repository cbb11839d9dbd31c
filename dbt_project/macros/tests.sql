{#- The columns together stand at most once. For tables of many rows: a primary key, which small tables have in their
    contract, costs ten times as much there (1 M runs: 6.6 s against 0.6 s). With `streams`, only the days that this refresh has touched are looked at:
    the others were judged when they were built, and a refresh costs what is new. -#}
{% test unique_together(model, columns, streams=[]) %}
select {{ columns | join(', ') }}
from {{ model }}
{% if streams -%}
where event_date in (
    select event_date
    from read_parquet('{{ env_var("BRUK_INPUTS") }}/days.parquet')
    where touched and stream in ({% for stream in streams %}'{{ stream }}'{{ ', ' if not loop.last }}{% endfor %})
)
{%- endif %}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}

{#- Of the records of one key, at most one holds on any day: two would count twice whatever joins them. -#}
{% test valid_once(model, columns) %}
select {{ columns | join(', ') }}, valid_from
from {{ model }}
qualify valid_from <= max(valid_to) over (
    partition by {{ columns | join(', ') }}
    order by valid_from, valid_to
    rows between unbounded preceding and 1 preceding
)
{% endtest %}
