{#- A table that is rebuilt for the touched event days only: DELETE and INSERT of literal days, a transaction for each
    batch. A day whose rows are gone is emptied, for the days come from the ledger. Another set of columns, or
    --full-refresh, builds the whole table beside the old one and swaps it in. A contract is asserted before anything is
    written; its constraints stand in the table, so that every inserted batch is held to them. -#}
{% materialization touched_days, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set building = make_intermediate_relation(target_relation) -%}
    {%- set streams = config.require('streams') -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- set whole = existing is none or should_full_refresh() or existing.type != 'table' -%}
    {%- if not whole -%}
        {%- set whole = columns_changed(existing, sql) -%}
    {%- endif -%}
    {%- set into = building if whole else target_relation -%}
    {%- if config.get('contract').enforced -%}
        {% do get_assert_columns_equivalent(none_days(sql)) %}
    {%- endif -%}

    {% if whole %}
        {% do drop_relation_if_exists(load_cached_relation(building)) %}
        {% call statement('create') -%}
            create or replace table {{ building }}
            {% if config.get('contract').enforced -%}
                {{ get_table_columns_and_constraints() }}
            {%- else -%}
                as select * from ({{ none_days(sql) }}) where false
            {%- endif %}
        {%- endcall %}
        {% do adapter.commit() %}
    {% endif %}

    {%- set batches = touched_batches(streams, whole) -%}
    {% for days in batches %}
        {%- set literal -%}
            {%- for day in days -%}date '{{ day }}'{{ ', ' if not loop.last }}{%- endfor -%}
        {%- endset -%}
        {% call statement('batch_' ~ loop.index) -%}
            {% if not whole %}delete from {{ into }} where event_date in ({{ literal }});{% endif %}
            insert into {{ into }} by name ({{ sql | replace('__DAYS__', literal) }})
        {%- endcall %}
        {% do adapter.commit() %}
    {% endfor %}

    {% if whole and existing is not none %}
        {% do adapter.drop_relation(existing) %}
    {% endif %}
    {% call statement('main') -%}
        {% if whole %}alter table {{ building }} rename to {{ target_relation.identifier }}{% else %}select {{ batches | length }}{% endif %}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{#- The model's SQL for a day that never was: its columns, and no rows. -#}
{% macro none_days(sql) -%}
{{ sql | replace('__DAYS__', "date '0001-01-01'") }}
{%- endmacro %}

{#- Whether the model has other columns, or other types, than the table. -#}
{% macro columns_changed(existing, sql) -%}
{%- set now = [] -%}
{%- for column in get_column_schema_from_query(none_days(sql)) -%}
    {%- do now.append(column.name ~ ' ' ~ column.dtype) -%}
{%- endfor -%}
{%- set before = [] -%}
{%- for column in adapter.get_columns_in_relation(existing) -%}
    {%- do before.append(column.name ~ ' ' ~ column.dtype) -%}
{%- endfor -%}
{{ return(now | sort != before | sort) }}
{%- endmacro %}
