{#- Models lie in the schema of their folder: core.fct_run, not main_core.fct_run. -#}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name or target.schema }}
{%- endmacro %}
