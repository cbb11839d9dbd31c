-- Time elements of a run: those of its turns, so that runs that overlap share no second.
with runs as (
    select * from {{ ref('met_elements_run') }}
),

turns as (
    select
        run_id,
        sum({{ seconds_between('started_at', 'ended_at') }}) as turn_s
    from {{ ref('int_run_turn') }}
    group by run_id
),

wide as (
    select
        runs.run_id,
        runs.apt_s,
        runs.aust_s,
        runs.adet_s,
        runs.apt_s + runs.aust_s + runs.adet_s as known_s,
        coalesce(turns.turn_s, 0) as turn_s
    from runs
    left join turns on runs.run_id = turns.run_id
),

final as (
    {{ element_rows(['run_id'], [
        ('CALENDAR', 'turn_s', 'turn_s > 0', '0'),
        ('KNOWN', 'known_s', 'known_s > 0', '0'),
        ('APT', 'apt_s', 'apt_s > 0', '0'),
        ('AUST', 'aust_s', 'aust_s > 0', '0'),
        ('ADET', 'adet_s', 'adet_s > 0', '0'),
    ], 'wide') }}
)

select * from final
