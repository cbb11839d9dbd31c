with states as (
    select * from {{ ref('fct_state_interval') }}
),

-- Operating time before each state: setup and production, no delay (TBF, ISO 22400-2).
operated as (
    select
        equipment_id,
        started_at,
        coalesce(
            sum(
                case when state in ('producing', 'setup') then {{ seconds_between('started_at', 'ended_at') }} end
            ) over (partition by equipment_id order by started_at rows between unbounded preceding and 1 preceding),
            0
        ) as before_s
    from states
),

failures as (
    select * from {{ ref('fct_stop') }}
    where kind = 'failure'
),

-- A stop may begin with something else: the failure, and the time to restoration, begin with the state that says so.
-- The first failure ends the time since the machine was first known, as TTF does: "from first up state or restoration".
final as (
    select
        failures.equipment_id,
        {{ local_day('failures.failed_at') }} as day,
        failures.failed_at as started_at,
        {{ seconds_between('failures.failed_at', 'failures.ended_at') }} as ttr_s,
        failures.end_known,
        (
            operated.before_s
            - coalesce(
                lag(operated.before_s) over (partition by failures.equipment_id order by failures.failed_at), 0
            )
        )::decimal(28, 6) as tbf_s
    from failures
    inner join operated
        on failures.equipment_id = operated.equipment_id and failures.failed_at = operated.started_at
)

select * from final
