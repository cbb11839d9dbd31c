with records as (
    select *
    from {{ ref('stg_intl_collab') }}
    {{ not_superseded(['collab_id']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

companies as (
    select * from {{ ref('int_company') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.collab_id,
        records.kind,
        records.country,
        records.network,
        records.org_nr,
        coalesce(records.size_class in ('micro', 'small', 'medium'), false) as of_sme,
        records.mne_org_nr,
        records.started_on,
        records.ended_on,
        records.s3_area,
        records.has_foreign_partner,
        records.value_sek::decimal(28, 6) as value_sek,
        records.investment_eur::decimal(28, 6) as investment_eur,
        null::varchar as subproject,
        records.pilot,
        records.testbed,
        {{ in_region('records.county') }} as regions,
        companies.company_region
    from records
    cross join registry
    left join companies on records.org_nr = companies.org_nr
)

select * from final
