{%- set elements = [
    'POWDER_LOADED', 'POWDER_RECOVERED', 'POWDER_WASTE', 'POWDER_VIRGIN', 'POWDER_USED_IN_BLEND', 'PART_MASS', 'REUSE_MASS',
] -%}

with runs as (
    select * from {{ ref('met_elements_run') }}
    where closed
),

jobs as (
    select
        run_id,
        part_mass_kg
    from {{ ref('fct_run') }}
),

masses as (
    select * from {{ ref('int_run_part_mass') }}
),

movements as (
    select * from {{ ref('int_feedstock_movement') }}
    where run_id is not null
),

-- What a machine loads, and what comes back, is missing of every build without it, also of those before the first
-- report: their parts are weighed, and their powder would be that of other builds.
reporting as (
    select
        equipment_id,
        bool_or(movement = 'loaded') as loads,
        bool_or(movement = 'recovered') as recovers
    from movements
    group by equipment_id
),

moved as (
    select
        run_id,
        {%- for movement in ['loaded', 'recovered', 'waste'] %}
        sum(mass_kg) filter (where movement = '{{ movement }}') as powder_{{ movement }}_value,
        count(*) filter (where movement = '{{ movement }}') as powder_{{ movement }}_n,
        {%- endfor %}
        sum((mass_kg * reuse_count)::decimal(28, 6)) filter (where movement = 'loaded') as reuse_mass_value,
        count(reuse_count) filter (where movement = 'loaded') as reuse_mass_n,
        sum(mass_kg) filter (where movement = 'blended' and is_virgin) as powder_virgin_value,
        count(*) filter (where movement = 'blended' and is_virgin) as powder_virgin_n,
        sum(mass_kg) filter (where movement = 'blended' and not is_virgin) as powder_used_in_blend_value,
        count(*) filter (where movement = 'blended' and not is_virgin) as powder_used_in_blend_n,
        count(*) filter (where movement = 'blended' and is_virgin is null) as unknown_blends
    from movements
    group by run_id
),

-- What a build that failed without any output has built is no part.
weighed as (
    select
        runs.run_id,
        case
            when runs.pq is not null
                then (masses.part_kg * runs.pq::double)::decimal(28, 6)
            when runs.outcome = 'finished' then jobs.part_mass_kg
            else 0
        end as part_kg
    from runs
    inner join jobs on runs.run_id = jobs.run_id
    left join masses on runs.run_id = masses.run_id
),

of_runs as (
    select
        runs.run_id,
        {%- for movement in ['loaded', 'recovered', 'waste', 'virgin', 'used_in_blend'] %}
        moved.powder_{{ movement }}_value,
        coalesce(moved.powder_{{ movement }}_n, 0) as powder_{{ movement }}_n,
        {%- endfor %}
        (
            runs.kind = 'build_job' and coalesce(moved.powder_loaded_n, 0) = 0 and coalesce(reporting.loads, false)
        )::int as powder_loaded_missing,
        (
            (runs.kind = 'build_job' or moved.powder_loaded_n > 0) and coalesce(moved.powder_recovered_n, 0) = 0
            and coalesce(reporting.recovers, false)
        )::int as powder_recovered_missing,
        0 as powder_waste_missing,
        coalesce(moved.unknown_blends, 0) as powder_virgin_missing,
        coalesce(moved.unknown_blends, 0) as powder_used_in_blend_missing,
        moved.reuse_mass_value,
        coalesce(moved.reuse_mass_n, 0) as reuse_mass_n,
        coalesce(moved.powder_loaded_n - moved.reuse_mass_n, 0) as reuse_mass_missing,
        weighed.part_kg as part_mass_value,
        (weighed.part_kg is not null)::int as part_mass_n,
        (weighed.part_kg is null)::int as part_mass_missing
    from runs
    inner join weighed on runs.run_id = weighed.run_id
    left join moved on runs.run_id = moved.run_id
    left join reporting on runs.equipment_id = reporting.equipment_id
    where runs.kind = 'build_job' or moved.run_id is not null
),

final as (
    {{ run_elements(elements) }}
)

select * from final
