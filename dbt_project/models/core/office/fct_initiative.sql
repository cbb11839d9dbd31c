-- The register as it was confirmed: a record holds until the next confirmation of the same initiative.
with records as (
    select *
    from {{ ref('stg_initiative') }}
    {{ not_superseded(['initiative_id', 'confirmed_on']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.initiative_id,
        records.kind,
        records.status,
        records.status not in ('ended', 'stopped') as is_open,
        records.kind in ('flagship', 'vinnvaxt', 'long_term') as is_long_term,
        records.confirmed_on,
        lead(records.confirmed_on) over (
            partition by records.initiative_id order by records.confirmed_on, records.event_id
        ) as next_confirmed_on,
        records.owner,
        records.goal,
        records.step,
        records.counties,
        records.budget_sek::decimal(28, 6) as budget_sek,
        records.funders::decimal(28, 6) as funders,
        records.starts_on,
        records.ends_on,
        records.overlaps_with,
        coalesce(records.coordination_decided, false) as coordination_decided,
        records.licence,
        coalesce(records.has_contract, false) as has_contract,
        records.lesson,
        null::varchar as subproject,
        records.pilot,
        null::varchar as testbed,
        {{ named_regions('records.counties') }} as regions,
        null::varchar as company_region
    from records
    cross join registry
)

select * from final
