-- The energy of a run is booked when it closes, that of the time outside runs on its own day, as the times of
-- `met_booked_day`: a period's energy is that of what it counts. Of a run that is open nothing is booked yet.
with runs as (
    select * from {{ ref('met_elements_run') }}
),

run_energy as (
    select * from {{ ref('int_run_energy') }}
),

pieces as (
    select * from {{ ref('int_energy_piece') }}
),

in_runs as (
    select
        equipment_id,
        meter,
        boundary,
        piece_started_at,
        sum(shared_kwh) as run_kwh,
        sum(shared_s) as run_s
    from {{ ref('int_energy_in_run') }}
    group by equipment_id, meter, boundary, piece_started_at
),

outside as (
    select
        pieces.equipment_id,
        pieces.meter,
        pieces.boundary,
        pieces.day,
        pieces.piece_kwh - coalesce(in_runs.run_kwh, 0) as energy_kwh,
        {{ seconds_between('pieces.piece_started_at', 'pieces.piece_ended_at') }} - coalesce(in_runs.run_s, 0) as told_s
    from pieces
    left join in_runs
        on
            pieces.equipment_id = in_runs.equipment_id
            and pieces.meter = in_runs.meter
            and pieces.boundary = in_runs.boundary
            and pieces.piece_started_at = in_runs.piece_started_at
),

told as (
    select
        equipment_id,
        meter,
        boundary,
        day,
        sum(energy_kwh) as energy_kwh,
        count(*) filter (where told_s > 0) as pieces,
        sum(told_s) as told_s
    from outside
    group by equipment_id, meter, boundary, day
),

run_days as (
    select
        equipment_id,
        day,
        sum({{ seconds_between('piece_started_at', 'piece_ended_at') }}) as run_s
    from {{ ref('int_run_turn_day') }}
    group by equipment_id, day
),

expected as (
    select
        expected.*,
        expected.day_s - coalesce(run_days.run_s, 0) as outside_s
    from {{ ref('int_energy_expected') }} as expected
    left join run_days on expected.equipment_id = run_days.equipment_id and expected.day = run_days.day
),

meter_days as (
    select
        coalesce(told.equipment_id, expected.equipment_id) as equipment_id,
        coalesce(told.boundary, expected.boundary) as boundary,
        coalesce(told.day, expected.day) as day,
        coalesce(told.energy_kwh, 0) as energy_kwh,
        coalesce(told.pieces, 0) as pieces,
        coalesce(told.told_s, 0) as told_s,
        expected.outside_s,
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
        coalesce(bool_or(told_s < outside_s) filter (where is_steady), false)
        or coalesce(sum(told_s) < max(outside_s), false) as missing
    from meter_days
    group by equipment_id, boundary, day
    union all
    select
        runs.equipment_id,
        run_energy.boundary,
        runs.booked_day as day,
        run_energy.energy_kwh,
        run_energy.pieces,
        run_energy.is_untold as missing
    from run_energy
    inner join runs on run_energy.run_id = runs.run_id
    where runs.closed
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
