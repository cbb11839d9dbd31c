-- What is known of the machines of a scope in a month: newest value, checks that fell. Days are UTC event days.
-- A check that could not be made leaves its whole month unjudged: 0 judged days.
with summary as (
    select
        equipment as equipment_id,
        event_date,
        max(newest_observed_at) as newest_observed_at
    from {{ ref('sum_stream_quality') }}
    where equipment is not null
    group by equipment, event_date
),

verdicts as (
    select
        equipment as equipment_id,
        event_date,
        count(*) filter (where not success) as failed,
        bool_or(success is null) as is_incomplete
    from {{ ref('stg_stream_verdict') }}
    where equipment is not null
    group by equipment, event_date
),

days as (
    select
        summary.equipment_id,
        summary.event_date,
        summary.newest_observed_at,
        verdicts.failed,
        coalesce(verdicts.is_incomplete, false) as is_incomplete
    from summary
    left join verdicts on summary.equipment_id = verdicts.equipment_id and summary.event_date = verdicts.event_date
),

members as (
    select * from {{ ref('int_scope_equipment') }}
),

in_scope as (
    select
        members.scope_type,
        members.scope_id,
        days.*
    from days
    inner join members
        on
            days.equipment_id = members.equipment_id
            and days.event_date between members.valid_from and members.valid_to
),

periods as (
    select * from {{ ref('int_period') }}
),

final as (
    select
        in_scope.scope_type,
        in_scope.scope_id,
        periods.period_start,
        max(in_scope.newest_observed_at) as newest_input_at,
        coalesce(sum(in_scope.failed) filter (where in_scope.event_date >= periods.period_start), 0) as failed_checks,
        case
            when bool_or(in_scope.is_incomplete and in_scope.event_date >= periods.period_start) then 0
            else count(in_scope.failed) filter (where in_scope.event_date >= periods.period_start)
        end as judged_days,
        coalesce(sum(in_scope.failed), 0) as failed_checks_so_far,
        case when bool_or(in_scope.is_incomplete) then 0 else count(in_scope.failed) end as judged_days_so_far
    from in_scope
    inner join periods on in_scope.event_date <= periods.period_end
    group by in_scope.scope_type, in_scope.scope_id, periods.period_start
)

select * from final
