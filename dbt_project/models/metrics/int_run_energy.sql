-- A run gets the energy of its own time. Moments that runs share are the time of one of them, as in `met_elements_run`.
with run_days as (
    select
        run_id,
        equipment_id,
        day,
        sum({{ seconds_between('piece_started_at', 'piece_ended_at') }}) as run_s
    from {{ ref('int_run_turn_day') }}
    group by run_id, equipment_id, day
),

meters as (
    select * from {{ ref('stg_registry__meters') }}
),

-- What its meters have to tell: the whole run, also where the only one was put in or replaced in its course, or later.
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

told as (
    select
        run_id,
        day,
        boundary,
        sum(shared_kwh) as energy_kwh,
        count(*) as pieces,
        sum(shared_s) as told_s,
        bool_or(is_cut) as is_cut
    from {{ ref('int_energy_in_run') }}
    group by run_id, day, boundary
),

-- Each steady meter tells all of the time.
final as (
    select
        metered.run_id,
        metered.boundary,
        coalesce(sum(told.energy_kwh), 0)::decimal(28, 6) as energy_kwh,
        coalesce(sum(told.pieces), 0)::bigint as pieces,
        bool_or(coalesce(told.told_s, 0) < metered.run_s * greatest(1, metered.steady_meters)) as is_untold,
        coalesce(bool_or(told.is_cut), false) as is_cut
    from metered
    left join told
        on metered.run_id = told.run_id and metered.day = told.day and metered.boundary = told.boundary
    group by metered.run_id, metered.boundary
)

select * from final
