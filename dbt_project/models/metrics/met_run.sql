with runs as (
    select * from {{ ref('fct_run') }}
),

elements as (
    select * from {{ ref('met_elements_run') }}
),

equipment as (
    select * from {{ ref('int_equipment_held') }}
),

organisations as (
    select * from {{ ref('stg_registry__organisations') }}
),

final as (
    select
        runs.run_id,
        runs.equipment_id,
        equipment.testbed_id,
        runs.run_ref,
        runs.kind,
        runs.product,
        runs.organisation,
        organisations.county as organisation_county,
        runs.started_at,
        runs.ended_at,
        runs.outcome,
        runs.reported_duration_s,
        elements.elapsed_s,
        elements.pq as produced,
        elements.gq as good,
        elements.sq as scrap,
        runs.start_event_id,
        runs.end_event_id,
        elements.pri_pq_s as planned_run_s,
        elements.apt_s,
        elements.aust_s,
        elements.adet_s
    from runs
    inner join elements on runs.run_id = elements.run_id
    left join equipment
        on
            runs.equipment_id = equipment.equipment_id
            and elements.booked_day between equipment.valid_from and equipment.valid_to
    left join organisations on runs.organisation = organisations.org_nr
)

select * from final
