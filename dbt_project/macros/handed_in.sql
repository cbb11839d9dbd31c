{#- A table that this refresh handed in (bruk/inputs.py). Its place belongs to the site and is asked for while the model
    runs: a source's `external_location` is rendered when dbt parses, and would bind the parse to one site. -#}
{% macro handed_in(source_name, table) -%}
{%- do source(source_name, table) -%}
read_parquet('{{ env_var("BRUK_INPUTS") }}/{{ 'registry/' if source_name == 'registry' }}{{ table }}.parquet')
{%- endmacro %}
