with records as (
    select *
    from {{ ref('stg_procurement') }}
    {{ not_superseded(['procurement_id']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.procurement_id,
        records.buyer,
        records.sector,
        records.published_on,
        records.innovation_kind,
        records.value_sek::decimal(28, 6) as value_sek,
        records.bids,
        records.sme_bids::decimal(28, 6) as sme_bids,
        records.awarded_to_sme,
        null::varchar as subproject,
        records.pilot,
        null::varchar as testbed,
        {{ in_region('records.county') }} as regions,
        null::varchar as company_region
    from records
    cross join registry
)

select * from final
