with inspections as (
    select * from {{ ref('stg_inspection') }}
),

characteristics as (
    select
        *,
        coalesce(reference_known_at, 'infinity'::timestamptz) as known_at
    from {{ ref('stg_registry__characteristics') }}
    where channel is null
),

-- The instants up to which something is to be known; the last is now.
horizons as (
    select known_at
    from characteristics
    union distinct
    select 'infinity'::timestamptz as known_at
),

known as (
    select
        horizons.known_at,
        inspections.*
    from inspections
    inner join horizons on inspections.received_at <= horizons.known_at
),

-- A correction may name another characteristic, machine or day: what it supersedes is decided before any is chosen.
holding as (
    select * from known
    {{ not_superseded(['known_at', 'source', 'device', 'record_ref']) }}
),

charted as (
    select
        *,
        'current' as basis,
        'infinity'::timestamptz as horizon,
        '9999-12-31'::date as last_day
    from characteristics
    union all
    select
        *,
        'reference' as basis,
        known_at as horizon,
        reference_last_day as last_day
    from characteristics
),

-- Charts are of the process: what was inspected again after rework is left out.
final as (
    select
        holding.event_date,
        holding.event_id,
        holding.part,
        charted.characteristic_id,
        charted.version,
        charted.basis,
        holding.run_ref,
        holding.sample,
        holding.observed_at,
        try_cast(holding.value as decimal(17, 9)) as value,
        holding.inspected_quantity::decimal(18, 3) as inspected,
        coalesce(
            holding.inspected_quantity::decimal(18, 3) - holding.accepted_quantity::decimal(18, 3),
            holding.scrap_quantity::decimal(18, 3) + coalesce(holding.rework_quantity, 0)::decimal(18, 3),
            holding.rework_quantity::decimal(18, 3)
        )::decimal(18, 3) as nonconforming,
        holding.defects::bigint as defects
    from charted
    inner join holding
        on
            charted.horizon = holding.known_at
            and charted.equipment_id = holding.equipment
            and charted.characteristic_id = holding.characteristic
            and coalesce(charted.product = holding.product, charted.product is null)
            and {{ local_day('holding.observed_at') }} between charted.reference_first_day and charted.last_day
    where coalesce(holding.first_pass, true)
)

select * from final
