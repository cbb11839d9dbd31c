with records as (
    select *
    from {{ ref('stg_decision') }}
    {{ not_superseded(['decision_id']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.decision_id,
        records.kind,
        records.decided_on,
        records.text,
        records.body,
        records.owner,
        records.due_on,
        records.taken_on,
        records.done_on,
        records.scorecard_used,
        records.indicator_id,
        coalesce(records.is_external, false) as is_external,
        null::varchar as subproject,
        null::varchar as pilot,
        null::varchar as testbed,
        {{ in_region('records.county') }} as regions,
        null::varchar as company_region
    from records
    cross join registry
)

select * from final
