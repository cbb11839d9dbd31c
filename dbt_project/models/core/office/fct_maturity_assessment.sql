-- Levels, and what they have gained since the first of the same company or technology, model, version and assessor.
with records as (
    select *
    from {{ ref('stg_maturity_assessment') }}
    {{ not_superseded(['assessment_id', 'dimension']) }}
),

paired as (
    select
        *,
        first_value(level) over (
            partition by coalesce(org_nr, ''), coalesce(technology, ''), model, model_version, assessor_type, dimension
            order by assessed_on, received_at, event_id
        ) as first_level,
        row_number() over (
            partition by coalesce(org_nr, ''), coalesce(technology, ''), model, model_version, assessor_type, dimension
            order by assessed_on, received_at, event_id
        ) as place,
        lead(assessed_on) over (
            partition by coalesce(org_nr, ''), coalesce(technology, ''), model, model_version, assessor_type, dimension
            order by assessed_on, received_at, event_id
        ) as next_assessed_on
    from records
),

companies as (
    select * from {{ ref('int_company') }}
),

final as (
    select
        paired.event_id,
        paired.event_date,
        paired.received_at,
        paired.assessment_id,
        paired.org_nr,
        paired.technology,
        paired.assessed_on,
        paired.model,
        paired.model_version,
        paired.dimension,
        paired.is_digital,
        paired.dimension in ('Strategy & Governance', 'Strategy and organization', 'Strategy') as is_strategy,
        paired.model = 'SIRI' and paired.dimension = 'Workforce Learning & Development' as is_learning,
        paired.level,
        paired.assessor_type,
        paired.evidence_ref,
        paired.first_level,
        paired.place > 1 as is_later,
        (paired.level - paired.first_level)::decimal(28, 6) as gained,
        paired.next_assessed_on,
        coalesce(paired.org_nr is not null and paired.size_class in ('micro', 'small', 'medium'), false) as is_sme,
        paired.subproject,
        paired.pilot,
        paired.testbed,
        []::varchar[] as regions,
        companies.company_region
    from paired
    left join companies on paired.org_nr = companies.org_nr
)

select * from final
