-- The time that is a run's own, cut at local midnight.
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

final as (
    select
        run_id,
        equipment_id,
        day,
        greatest(started_at, {{ local_instant('day') }}) as piece_started_at,
        least(ended_at, {{ local_instant('(day + 1)') }}) as piece_ended_at,
        started_at,
        ended_at
    from turns
)

select * from final
