{#- The event days (UTC) that a model has to rebuild, in batches of bounded size: a list of lists of ISO days.
    They come from the ledger by a small file, never from the clock, and never by --vars (which would parse anew).
    With `full` every day that has landed files. -#}
{% macro touched_batches(streams, full) -%}
{%- set batches = [] -%}
{%- set state = namespace(batch=[], rows=0) -%}
{%- set listed -%}
    select event_date::varchar, sum("rows")
    from read_parquet('{{ env_var("BRUK_INPUTS") }}/days.parquet')
    where stream in ({% for stream in streams %}'{{ stream }}'{{ ', ' if not loop.last }}{% endfor %})
    group by event_date
    {% if not full %}having bool_or(touched){% endif %}
    order by event_date
{%- endset -%}
{%- for row in run_query(listed).rows -%}
    {%- if state.batch and state.rows + row[1] > var('batch_rows', 500000) -%}
        {%- do batches.append(state.batch) -%}
        {%- set state.batch = [] -%}
        {%- set state.rows = 0 -%}
    {%- endif -%}
    {%- do state.batch.append(row[0]) -%}
    {%- set state.rows = state.rows + row[1] -%}
{%- endfor -%}
{%- if state.batch -%}{%- do batches.append(state.batch) -%}{%- endif -%}
{{ return(batches) }}
{%- endmacro %}

{#- Stands in a model for the literal days of a batch: `where {{ in_touched_days() }}`. The model must be a function
    of one event day: every window and every group has event_date in its key. -#}
{% macro in_touched_days(column='event_date') -%}
{{ column }} in (__DAYS__)
{%- endmacro %}
