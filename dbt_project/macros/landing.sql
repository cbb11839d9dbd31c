{#- The landed rows of a stream: the files that the ledger lists (never a glob: it would see files that are not
    committed), every version of the stream, and its zero-row file, so that an empty stream is not an error; without
    the rows of dropped files in whose place others stand. A filter on event_date opens only the files of those days. -#}
{% macro landing(stream) -%}
{%- do source('landing', stream) -%}
{%- set root = env_var('BRUK_LANDING') -%}
{%- set superseded = superseded_files(stream) -%}
{%- if superseded %}
select * from (
{%- endif -%}
{%- for files in landed_files(stream) %}
    {{ 'union all by name' if not loop.first }}
    {%- if files | length == 1 and files[0].endswith('/empty.parquet') %}
    select *, null::date as event_date from read_parquet('{{ root }}/{{ files[0] }}')
    {%- else %}
    select * from read_parquet(
        [
            {%- for file in files %}
            '{{ root }}/{{ file }}'{{ ',' if not loop.last }}
            {%- endfor %}
        ],
        hive_partitioning = true, hive_types = {'event_date': date}
    )
    {%- endif %}
{%- endfor %}
{%- if superseded %}
) as landed_files
where
    record is null
    or left(event_id, 64) not in (
        {%- for sha256 in superseded %}
        '{{ sha256 }}'{{ ',' if not loop.last }}
        {%- endfor %}
    )
{%- endif %}
{%- endmacro %}

{#- The sha256 of the dropped files whose rows of the stream count no longer. The event id of a file's row begins so. -#}
{% macro superseded_files(stream) -%}
{%- set found = [] -%}
{%- if execute -%}
    {%- set listed -%}
        select sha256 from read_parquet('{{ env_var("BRUK_INPUTS") }}/superseded.parquet')
        where stream = '{{ stream }}'
        order by sha256
    {%- endset -%}
    {%- for row in run_query(listed).rows -%}
        {%- do found.append(row[0]) -%}
    {%- endfor -%}
{%- endif -%}
{{ return(found) }}
{%- endmacro %}

{#- The files of a stream below the landing root, as lists that share their columns: one for each version. -#}
{% macro landed_files(stream) -%}
{%- set versions = {} -%}
{%- if execute -%}
    {%- set listed -%}
        select "version" || (event_date is null), path
        from read_parquet('{{ env_var("BRUK_INPUTS") }}/landing.parquet')
        where stream = '{{ stream }}'
        order by path
    {%- endset -%}
    {%- for row in run_query(listed).rows -%}
        {%- do versions.setdefault(row[0], []).append(row[1]) -%}
    {%- endfor -%}
{%- endif -%}
{{ return(versions.values() | list) }}
{%- endmacro %}
