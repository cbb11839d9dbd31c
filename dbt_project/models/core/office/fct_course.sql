with records as (
    select *
    from {{ ref('stg_course') }}
    {{ not_superseded(['course_id']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.course_id,
        records.kind,
        records.provider_org_nr,
        records.centre_id,
        records.s3_area,
        records.starts_on,
        records.ends_on,
        records.seats::decimal(28, 6) as seats,
        records.enrolled::decimal(28, 6) as enrolled,
        records.revenue_sek::decimal(28, 6) as revenue_sek,
        'skills-supply' as subproject,
        null::varchar as pilot,
        null::varchar as testbed,
        {{ in_region('records.county') }} as regions,
        null::varchar as company_region
    from records
    cross join registry
)

select * from final
