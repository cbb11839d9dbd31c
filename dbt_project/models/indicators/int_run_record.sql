-- Closed and open runs with what is known of whom they were made for, so that they count as other records do.
with runs as (
    select * from {{ ref('met_run') }}
),

elements as (
    select * from {{ ref('met_elements_run') }}
),

said as (
    select * from {{ ref('fct_run') }}
),

equipment as (
    select * from {{ ref('dim_equipment') }}
),

organisations as (
    select * from {{ ref('stg_registry__organisations') }}
),

final as (
    select
        runs.run_id as event_id,
        runs.run_id,
        runs.equipment_id,
        runs.testbed_id,
        elements.booked_day,
        elements.closed,
        elements.elapsed_s,
        runs.ended_at,
        runs.organisation,
        runs.organisation_county,
        coalesce(runs.organisation <> equipment.owner, false) as is_external,
        said.operator_certified,
        said.partner,
        coalesce(
            said.partner_testbed <> runs.testbed_id
            or (partners.actor_kind = 'research' and customers.actor_kind = 'company')
            or (partners.actor_kind = 'company' and customers.actor_kind = 'research'),
            false
        ) as is_joint
    from runs
    inner join elements on runs.run_id = elements.run_id
    inner join said on runs.run_id = said.run_id
    left join equipment
        on
            runs.equipment_id = equipment.equipment_id
            and elements.booked_day between equipment.valid_from and equipment.valid_to
    left join organisations as customers on runs.organisation = customers.org_nr
    left join organisations as partners on said.partner = partners.org_nr
)

select * from final
