{#- Keeps of the records with one natural key the one that was received last, of whatever day: a correction may move a
    record. Nothing supersedes a record in which a column of the key is empty. Stands in the place of QUALIFY, in models
    that are rebuilt whole: the days of the others are not touched; or where the key has the event time.
    With `counted` the sender's own numbers come first: of two that it counted the later holds, and one that it did not
    count, as of a file, holds before both. -#}
{% macro not_superseded(key, counted=[]) -%}
qualify
    row_number() over (
        partition by {{ key | join(', ') }}
        order by
            {%- for column in counted %} {{ column }} desc nulls first,{% endfor %} received_at desc, segment desc, spool_offset desc, record desc, part desc
    ) = 1
    {%- for column in key %}
    or {{ column }} is null
    {%- endfor %}
{%- endmacro %}
