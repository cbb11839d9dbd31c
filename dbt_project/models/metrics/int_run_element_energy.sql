-- A run gets the energy of its own time. Moments that runs share are the time of one of them, as in `met_elements_run`.
with turns as (
    select
        *,
        unnest(
            generate_series(
                {{ local_day('started_at') }}, {{ local_day("ended_at - interval 1 microsecond") }}, interval 1 day
            )
        )::date as day
    from {{ ref('int_run_turn') }}
),

run_pieces as (
    select
        run_id,
        equipment_id,
        day,
        greatest(started_at, {{ local_instant('day') }}) as piece_started_at,
        least(ended_at, {{ local_instant('(day + 1)') }}) as piece_ended_at,
        started_at,
        ended_at
    from turns
),

run_days as (
    select
        run_id,
        equipment_id,
        day,
        sum({{ seconds_between('piece_started_at', 'piece_ended_at') }}) as run_s
    from run_pieces
    group by run_id, equipment_id, day
),

meters as (
    select * from {{ ref('stg_registry__meters') }}
),

-- What its meters have to tell: the whole run, also where the only meter was put in or replaced while it went on, or later.
metered as (
    select
        run_days.run_id,
        run_days.day,
        run_days.run_s,
        meters.boundary,
        count(*) filter (where meters.valid_from < run_days.day and run_days.day < meters.valid_to) as steady_meters
    from run_days
    inner join meters on run_days.equipment_id = meters.equipment_id
    group by run_days.run_id, run_days.day, run_days.run_s, meters.boundary
),

energy as (
    select * from {{ ref('int_energy_piece') }}
),

shared as (
    select
        run_pieces.run_id,
        run_pieces.day,
        energy.boundary,
        greatest(run_pieces.piece_started_at, energy.piece_started_at) as shared_from,
        least(run_pieces.piece_ended_at, energy.piece_ended_at) as shared_until,
        {{ energy_until('least(run_pieces.piece_ended_at, energy.piece_ended_at)', 'energy') }}
        - {{ energy_until('greatest(run_pieces.piece_started_at, energy.piece_started_at)', 'energy') }} as energy_kwh,
        energy.remark is not null
        and (energy.started_at < run_pieces.started_at or run_pieces.ended_at < energy.ended_at) as is_cut
    from run_pieces
    inner join energy
        on
            run_pieces.equipment_id = energy.equipment_id
            and run_pieces.day = energy.day
            and run_pieces.piece_started_at < energy.piece_ended_at
            and energy.piece_started_at < run_pieces.piece_ended_at
),

told as (
    select
        run_id,
        day,
        boundary,
        sum(energy_kwh) as energy_kwh,
        count(*) as pieces,
        sum({{ seconds_between('shared_from', 'shared_until') }}) as told_s,
        bool_or(is_cut) as is_cut
    from shared
    group by run_id, day, boundary
),

-- Each steady meter tells all of the time. What a counter did while it was reset, went round or was not read is known
-- in sum, not when: a run that ends in the midst of that has a part that nobody knows.
run_meters as (
    select
        metered.run_id,
        metered.boundary,
        coalesce(told.energy_kwh, 0) as energy_kwh,
        coalesce(told.pieces, 0) as pieces,
        coalesce(told.told_s, 0) < metered.run_s * greatest(1, metered.steady_meters)
        or coalesce(told.is_cut, false) as missing
    from metered
    left join told
        on metered.run_id = told.run_id and metered.day = told.day and metered.boundary = told.boundary
),

elements as (
    select
        *,
        unnest(case boundary when 'machine' then ['ENERGY', 'ENERGY_ALL'] else ['ENERGY_ALL'] end) as element
    from run_meters
),

final as (
    select
        run_id,
        element,
        sum(energy_kwh)::decimal(28, 6) as value,
        sum(pieces)::bigint as n,
        bool_or(missing)::int::bigint as missing
    from elements
    group by run_id, element
)

select * from final
