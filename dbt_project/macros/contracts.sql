{#- Whether a query gives the columns that the model's contract states, by name and type: one DESCRIBE. Only where the
    words differ (a type has several) dbt asks DuckDB for both, compares, and says in its own words what differs. -#}
{% macro duckdb__get_assert_columns_equivalent(sql) -%}
{%- set given = [] -%}
{%- for column in get_column_schema_from_query(sql) -%}
    {%- set type = column.dtype | lower | replace('timestamp with time zone', 'timestamptz') -%}
    {%- do given.append(column.name ~ ' ' ~ type) -%}
{%- endfor -%}
{%- set stated = [] -%}
{%- for column in model['columns'].values() -%}
    {%- do stated.append(column.name ~ ' ' ~ column.data_type | lower) -%}
{%- endfor -%}
{%- if not stated or given | sort != stated | sort -%}
    {% do assert_columns_equivalent(sql) %}
{%- endif -%}
{%- endmacro %}
