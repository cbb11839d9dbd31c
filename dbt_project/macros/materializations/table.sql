{#- A table that is built whole, in one transaction: created in place of the old one, with its contract's constraints,
    and filled. The adapter's own way builds it beside the old one and renames both, which for a small table costs
    several times as much as building it, and leaves the table missing for a moment. What cannot be built is rolled
    back, and the old one stays. -#}
{% materialization table, adapter='duckdb' %}
    {%- set target_relation = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- if config.get('contract').enforced -%}
        {% do get_assert_columns_equivalent(sql) %}
    {%- endif -%}
    {% call statement('main') -%}
        {% if existing is not none and existing.type == 'view' %}drop view {{ existing }};{% endif %}
        create or replace table {{ target_relation }}
        {% if config.get('contract').enforced -%}
            {{ get_table_columns_and_constraints() }};
            insert into {{ target_relation }} by name ({{ sql }})
        {%- else -%}
            as ({{ sql }})
        {%- endif %}
    {%- endcall %}

    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {% do persist_docs(target_relation, model) %}
    {% do adapter.commit() %}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
