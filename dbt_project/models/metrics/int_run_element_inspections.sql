{%- set elements = ['IP', 'GP', 'INSPECTED', 'ACCEPTED', 'ACCEPTED_MASS'] -%}

with runs as (
    select * from {{ ref('met_elements_run') }}
    where closed
),

inspections as (
    select * from {{ ref('int_run_inspection') }}
),

outputs as (
    select * from {{ ref('int_run_output') }}
),

masses as (
    select * from {{ ref('int_run_part_mass') }}
),

weighed as (
    select
        inspections.run_id,
        sum(coalesce(
            inspections.accepted_mass_kg,
            (masses.part_kg * inspections.accepted_quantity::double)::decimal(28, 6),
            case when inspections.accepted_quantity = 0 then 0 end
        )) as mass_kg,
        count(*) filter (
            where inspections.accepted_mass_kg is null
            and masses.part_kg is null
            and coalesce(inspections.accepted_quantity > 0, true)
        ) as without_mass
    from {{ ref('int_inspection_run') }} as inspections
    inner join masses on inspections.run_id = masses.run_id
    group by inspections.run_id
),

-- Of a run that was not inspected at first, its outputs say what was good; of a finished one without either, nobody.
known as (
    select
        runs.run_id,
        coalesce(inspections.at_first, false) as at_first,
        runs.outcome = 'finished' as finished,
        runs.outcome = 'finished' and coalesce(runs.kind = 'build_job', false) as finished_build,
        coalesce(inspections.first_inspections, 0) as first_inspections,
        greatest(coalesce(inspections.inspections, 0), 1) as contributions,
        inspections.first_inspected,
        inspections.first_accepted,
        inspections.first_without_result,
        inspections.first_without_quantity,
        coalesce(outputs.run_id is not null or inspections.at_first, false) as told,
        case
            when outputs.run_id is not null then outputs.gq
            when inspections.at_first then inspections.first_accepted + inspections.later_accepted
        end as accepted,
        coalesce(outputs.good_missing, inspections.without_result > 0, true) as accepted_missing,
        coalesce(inspections.at_first, false) or not coalesce(outputs.good_missing, true) as judged,
        case when inspections.at_first then inspections.first_inspected else outputs.pq end as inspected,
        case
            when inspections.at_first then weighed.mass_kg
            when outputs.gq = 0 then 0
            else (masses.part_kg * outputs.gq::double)::decimal(28, 6)
        end as mass_kg,
        coalesce(inspections.at_first and weighed.without_mass > 0, false) as some_without_mass
    from runs
    left join inspections on runs.run_id = inspections.run_id
    left join outputs on runs.run_id = outputs.run_id
    left join masses on runs.run_id = masses.run_id
    left join weighed on runs.run_id = weighed.run_id
),

of_runs as (
    select
        run_id,
        first_inspected as ip_value,
        first_inspections as ip_n,
        case when at_first then first_without_quantity else finished_build::int end as ip_missing,
        first_accepted as gp_value,
        first_inspections as gp_n,
        case when at_first then first_without_result else finished_build::int end as gp_missing,
        case when judged then inspected end as inspected_value,
        case when judged then contributions else 0 end as inspected_n,
        ((finished or told) and not judged)::int as inspected_missing,
        accepted as accepted_value,
        case when told and accepted is not null then contributions else 0 end as accepted_n,
        ((finished or told) and accepted_missing)::int as accepted_missing,
        case when told then mass_kg end as accepted_mass_value,
        case when told and mass_kg is not null then contributions else 0 end as accepted_mass_n,
        (
            (finished or told) and (accepted_missing or mass_kg is null or some_without_mass)
        )::int as accepted_mass_missing
    from known
),

final as (
    {{ run_elements(elements) }}
)

select * from final
