-- One row per grant of public money and county of the programme that it names: a project of several stands in each.
with refresh as (
    select * from {{ ref('stg_refresh') }}
),

grants as (
    select funding.*
    from {{ ref('fct_funding') }} as funding
    inner join refresh on funding.status_date >= refresh.programme_start
    where
        funding.is_grant
        and funding.granted_sek is not null
        and funding.funder_kind in ('eu', 'national', 'regional')
),

final as (
    select
        application_id,
        status_date,
        unnest(regions) as county,
        funder_kind,
        granted_sek
    from grants
)

select * from final
