{#- The runs that records may belong to. -#}
{% macro runs_to_join() -%}
select
    *,
    coalesce(ended_at, 'infinity'::timestamptz) as open_until
from {{ ref('fct_run') }}
{%- endmacro %}

{#- The CTEs `by_name`, `by_time` and `with_run`: each of `records` with the run of its machine that it names, or, where
    it names none, that was open when it was observed; of several the one that began last. Reads the CTE `runs`. -#}
{% macro with_run(records) -%}
by_name as (
    select
        {{ records }}.*,
        runs.run_id,
        runs.product as run_product
    from {{ records }}
    left join runs on {{ records }}.equipment_id = runs.equipment_id and {{ records }}.run_ref = runs.run_ref
    where {{ records }}.run_ref is not null
),

by_time as (
    select
        {{ records }}.*,
        runs.run_id,
        runs.product as run_product
    from {{ records }}
    left join runs
        on
            {{ records }}.equipment_id = runs.equipment_id
            and {{ records }}.observed_at >= runs.started_at
            and {{ records }}.observed_at <= runs.open_until
    where {{ records }}.run_ref is null
    qualify row_number() over (
        partition by {{ records }}.event_id, {{ records }}.part order by runs.started_at desc, runs.run_id desc
    ) = 1
),

with_run as (
    select * from by_name
    union all
    select * from by_time
)
{%- endmacro %}
