-- A figure belongs to its own place only: that of a county is never one of the programme.
with records as (
    select *
    from {{ ref('stg_statistic') }}
    {{ not_superseded(['series_id', 'place', 'breakdown', 'period_start']) }}
),

registry as (
    select * from {{ ref('int_office_registry') }}
),

final as (
    select
        records.event_id,
        records.event_date,
        records.received_at,
        records.series_id,
        records.title,
        records.place,
        records.breakdown,
        records.period_start,
        records.period_end,
        records.value::decimal(28, 6) as value,
        records.unit,
        records.publisher,
        coalesce(records.published_on, records.period_end, records.period_start) as published_on,
        null::varchar as subproject,
        null::varchar as pilot,
        null::varchar as testbed,
        {{ in_region('records.place') }} as regions,
        null::varchar as company_region
    from records
    cross join registry
)

select * from final
