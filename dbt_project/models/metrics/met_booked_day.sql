{%- set times = ['apt_s', 'aust_s', 'adet_s', 'adot_s'] -%}
{%- set sums = ['pq', 'gq', 'sq', 'rq', 'pri_pq_s', 'pri_gq_s'] -%}

with days as (
    select * from {{ ref('met_elements_day') }}
),

runs as (
    select
        equipment_id,
        booked_day as day,
        {%- for column in ['apt_s', 'aust_s', 'adet_s'] + sums %}
        sum({{ column }}) filter (where closed) as {{ column }},
        {%- endfor %}
        count(*) filter (where closed) as closed_runs,
        count(*) filter (where not closed) as open_runs,
        count(*) filter (where closed and quantity_missing) as runs_without_quantity,
        count(*) filter (where closed and planned_time_missing) as runs_without_planned_time,
        count(*) filter (where is_build) as builds_started,
        count(*) filter (where is_accepted_build) as builds_accepted
    from {{ ref('met_elements_run') }}
    group by equipment_id, booked_day
),

outputs as (
    select
        equipment_id,
        {{ local_day('observed_at') }} as day,
        count(*) as outputs_without_run
    from {{ ref('int_output_run') }}
    where run_id is null
    group by all
),

keys as (
    select
        equipment_id,
        day
    from days
    union
    select
        equipment_id,
        day
    from runs
    union
    select
        equipment_id,
        day
    from outputs
),

-- The elements of a run are booked when it closes, those of the time outside runs on their own day.
final as (
    select
        keys.equipment_id,
        keys.day,
        {%- for column in ['pot_s', 'pbt_s', 'known_s', 'run_s'] %}
        coalesce(days.{{ column }}, 0)::decimal(28, 6) as {{ column }},
        {%- endfor %}
        {%- for column in times %}
        (
            coalesce(days.outside_{{ column }}, 0)
            {%- if column != 'adot_s' %} + coalesce(runs.{{ column }}, 0){% endif %}
        )::decimal(28, 6) as {{ column }},
        {%- endfor %}
        {%- for column in sums %}
        coalesce(runs.{{ column }}, 0)::decimal(28, 6) as {{ column }},
        {%- endfor %}
        {%- for column in [
            'closed_runs', 'open_runs', 'runs_without_quantity', 'runs_without_planned_time', 'builds_started',
            'builds_accepted',
        ] %}
        coalesce(runs.{{ column }}, 0)::bigint as {{ column }},
        {%- endfor %}
        coalesce(outputs.outputs_without_run, 0)::bigint as outputs_without_run
    from keys
    left join days on keys.equipment_id = days.equipment_id and keys.day = days.day
    left join runs on keys.equipment_id = runs.equipment_id and keys.day = runs.day
    left join outputs on keys.equipment_id = outputs.equipment_id and keys.day = outputs.day
)

select * from final
