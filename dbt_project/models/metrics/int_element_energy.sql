with told as (
    select
        equipment_id,
        meter,
        boundary,
        day,
        sum(piece_kwh) as energy_kwh,
        count(*) as pieces,
        sum({{ seconds_between('piece_started_at', 'piece_ended_at') }}) as told_s
    from {{ ref('int_energy_piece') }}
    group by equipment_id, meter, boundary, day
),

expected as (
    select * from {{ ref('int_energy_expected') }}
),

meter_days as (
    select
        coalesce(told.equipment_id, expected.equipment_id) as equipment_id,
        coalesce(told.boundary, expected.boundary) as boundary,
        coalesce(told.day, expected.day) as day,
        coalesce(told.energy_kwh, 0) as energy_kwh,
        coalesce(told.pieces, 0) as pieces,
        coalesce(told.told_s, 0) as told_s,
        expected.day_s,
        expected.is_steady
    from told
    full outer join expected
        on
            told.equipment_id = expected.equipment_id
            and told.meter = expected.meter
            and told.boundary = expected.boundary
            and told.day = expected.day
),

-- Each meter that was there all day tells all of it, and whatever meters there were all of it together.
boundary_days as (
    select
        equipment_id,
        boundary,
        day,
        sum(energy_kwh) as energy_kwh,
        sum(pieces) as pieces,
        coalesce(bool_or(told_s < day_s) filter (where is_steady), false)
        or coalesce(sum(told_s) < max(day_s), false) as missing
    from meter_days
    group by equipment_id, boundary, day
),

elements as (
    select
        *,
        unnest(case boundary when 'machine' then ['ENERGY', 'ENERGY_ALL'] else ['ENERGY_ALL'] end) as element
    from boundary_days
),

final as (
    select
        equipment_id,
        day,
        element,
        sum(energy_kwh)::decimal(28, 6) as value,
        sum(pieces)::bigint as n,
        bool_or(missing)::int::bigint as missing
    from elements
    group by equipment_id, day, element
)

select * from final
