{#- Tables and views that are built whole, each in one transaction, in place of what stood there. The adapter's own way
    builds beside the old one and renames both, which for a small table costs several times as much as building it, and
    leaves it missing for a moment. What cannot be built is rolled back, and the old one stays. -#}
{% materialization table, adapter='duckdb' %}
    {%- set table = this.incorporate(type='table') -%}
    {% call in_place(table, instead_of='view') -%}
        create or replace table {{ table }}
        {% if config.get('contract').enforced -%}
            {{ get_table_columns_and_constraints() }};
            insert into {{ table }} by name ({{ sql }})
        {%- else -%}
            as ({{ sql }})
        {%- endif %}
    {%- endcall %}
    {{ return({'relations': [table]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set view = this.incorporate(type='view') -%}
    {% call in_place(view, instead_of='table') -%}
        create or replace view {{ view }} as ({{ sql }})
    {%- endcall %}
    {{ return({'relations': [view]}) }}
{% endmaterialization %}

{#- Runs the statement of the caller between the model's hooks; a relation of the other type leaves first. -#}
{% macro in_place(relation, instead_of) %}
    {%- set existing = load_cached_relation(this) -%}
    {%- set build = caller() -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if config.get('contract').enforced -%}
        {% do get_assert_columns_equivalent(sql) %}
    {%- endif -%}
    {% call statement('main') -%}
        {% if existing is not none and existing.type == instead_of %}drop {{ instead_of }} {{ existing }};{% endif %}
        {{ build }}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(relation, model) %}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
{% endmacro %}
