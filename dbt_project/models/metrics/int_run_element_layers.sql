{%- set sums = ['exposure', 'layer_time', 'anomalies', 'recoater_events'] -%}
{%- set elements = [
    'LAYERS_DONE', 'LAYERS_PLANNED', 'EXPOSURE', 'LAYER_TIME', 'ANOMALIES', 'RECOATER_EVENTS', 'LAYER_MEDIAN', 'LAYER_MAD',
] -%}

with runs as (
    select * from {{ ref('met_elements_run') }}
    where closed
),

layers as (
    select
        *,
        layer_s as layer_time,
        exposure_s as exposure
    from {{ ref('int_layer_run') }}
    where run_id is not null
),

-- Of a machine that reports layers, a build without any lacks them, also one before the first report: its time and its
-- volume count, and a ratio to layers of other builds would be wrong.
reporting as (
    select distinct equipment_id
    from {{ ref('int_layer_run') }}
),

medians as (
    select
        run_id,
        median(layer_time::double) as layer_median
    from layers
    group by run_id
),

-- A layer is done when it says its end, when a later one began, or when the run finished. Numbers that are left out
-- below the highest are layers whose record was lost: they were built, and what they took is missing.
built as (
    select
        layers.run_id,
        count(*) as layers,
        max(layers.layer) - count(distinct layers.layer) as lost,
        max(layers.layer) as highest,
        max(layers.layer) filter (where layers.ended_at is not null) as highest_ended,
        arg_max(layers.layers_planned, layers.layer) as planned,
        {%- for column in sums %}
        sum(layers.{{ column }}) as {{ column }},
        count(layers.{{ column }}) as {{ column }}_n,
        {%- endfor %}
        any_value(medians.layer_median) as layer_median,
        median(abs(layers.layer_time::double - medians.layer_median)) as layer_mad
    from layers
    inner join medians on layers.run_id = medians.run_id
    group by layers.run_id
),

known as (
    select
        runs.run_id,
        runs.outcome = 'finished' as finished,
        built.run_id is null as unreported,
        built.layers,
        built.lost,
        built.highest,
        built.highest_ended,
        built.planned,
        {%- for column in sums %}
        built.{{ column }},
        built.{{ column }}_n,
        {%- endfor %}
        built.layer_median,
        built.layer_mad
    from runs
    left join built on runs.run_id = built.run_id
    left join reporting on runs.equipment_id = reporting.equipment_id
    where
        built.run_id is not null
        or (runs.kind = 'build_job' and reporting.equipment_id is not null)
),

of_runs as (
    select
        run_id,
        case when finished then highest else greatest(highest - 1, coalesce(highest_ended, 0)) end as layers_done_value,
        coalesce(layers, 0) as layers_done_n,
        unreported::int as layers_done_missing,
        planned as layers_planned_value,
        (planned is not null)::int as layers_planned_n,
        (planned is null)::int as layers_planned_missing,
        {%- for column in sums %}
        {{ column }} as {{ column }}_value,
        coalesce({{ column }}_n, 0) as {{ column }}_n,
        case when unreported then 1 else layers + lost - {{ column }}_n end as {{ column }}_missing,
        {%- endfor %}
        {%- for column in ['layer_median', 'layer_mad'] %}
        {{ column }} as {{ column }}_value,
        coalesce(layer_time_n, 0) as {{ column }}_n,
        case when unreported then 1 else layers + lost - layer_time_n end as {{ column }}_missing
        {{- ',' if not loop.last }}
        {%- endfor %}
    from known
),

final as (
    {{ run_elements(elements) }}
)

select * from final
