{#- Keeps of the records with one natural key the one that was received last, of whatever day: a correction may move a
    record. Nothing supersedes a record in which a column of the key is empty. Stands in the place of QUALIFY, in models
    that are rebuilt whole: the days of the others are not touched. -#}
{% macro not_superseded(key) -%}
qualify
    row_number() over (
        partition by {{ key | join(', ') }}
        order by received_at desc, segment desc, spool_offset desc, record desc, part desc
    ) = 1
    {%- for column in key %}
    or {{ column }} is null
    {%- endfor %}
{%- endmacro %}
