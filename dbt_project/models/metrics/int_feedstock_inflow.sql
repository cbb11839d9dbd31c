with movements as (
    select * from {{ ref('int_feedstock_current') }}
),

cycles as (
    select * from {{ ref('int_feedstock_cycle') }}
    where from_lot is not null
),

received as (
    select
        event_id || ':' || part as inflow_id,
        lot,
        observed_at as at_instant,
        mass_kg,
        coalesce(reuse_count, case when coalesce(virgin, true) then 0 end) as known_count,
        null::varchar as from_lot,
        null::timestamptz as from_instant,
        0 as builds
    from movements
    where movement = 'received'
),

blended as (
    select
        event_id || ':' || part as inflow_id,
        into_lot as lot,
        observed_at as at_instant,
        mass_kg,
        reuse_count as known_count,
        case when reuse_count is null then lot end as from_lot,
        case when reuse_count is null then observed_at end as from_instant,
        0 as builds
    from movements
    where movement = 'blended' and into_lot is not null and into_lot <> lot
),

recovered as (
    select
        build_name || ':' || lot || ':' || from_lot as inflow_id,
        lot,
        recovered_at as at_instant,
        mass_kg,
        reuse_count as known_count,
        case when reuse_count is null then from_lot end as from_lot,
        case when reuse_count is null then loaded_at end as from_instant,
        case when reuse_count is null then 1 else 0 end as builds
    from cycles
),

inflows as (
    select * from received
    union all
    select * from blended
    union all
    select * from recovered
),

-- A lot that was there before its records began: its first word on its own count is all that is known.
unreceived as (
    select
        'before ' || movements.lot as inflow_id,
        movements.lot,
        '-infinity'::timestamptz as at_instant,
        1::decimal(18, 6) as mass_kg,
        arg_min(
            coalesce(movements.reuse_count, case when movements.virgin then 0 end),
            (movements.observed_at, movements.event_id, movements.part)
        ) as known_count,
        null::varchar as from_lot,
        null::timestamptz as from_instant,
        0 as builds
    from movements
    left join inflows on movements.lot = inflows.lot
    where inflows.lot is null
    group by movements.lot
),

final as (
    select * from inflows
    union all
    select * from unreceived
)

select * from final
