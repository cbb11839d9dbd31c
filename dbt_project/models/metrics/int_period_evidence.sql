-- The newest that was observed of the machines of a scope up to the end of a month. Members are those of the UTC event day.
with periods as (
    select distinct
        scope_type,
        scope_id,
        period_start
    from {{ ref('met_element_period') }}
),

observed as (
    select
        equipment as equipment_id,
        event_date,
        max(newest_observed_at) as newest_observed_at
    from {{ ref('sum_stream_quality') }}
    where equipment is not null
    group by equipment, event_date
),

scopes as (
    select * from {{ ref('int_metric_scope') }}
),

months as (
    select
        scopes.scope_type,
        scopes.scope_id,
        date_trunc('month', {{ local_day('observed.newest_observed_at') }})::date as period_start,
        max(observed.newest_observed_at) as newest_observed_at
    from observed
    inner join scopes
        on
            observed.equipment_id = scopes.equipment_id
            and observed.event_date between scopes.valid_from and scopes.valid_to
    group by all
),

final as (
    select
        periods.scope_type,
        periods.scope_id,
        periods.period_start,
        max(months.newest_observed_at) as newest_observed_at
    from periods
    inner join months
        on
            periods.scope_type = months.scope_type
            and periods.scope_id = months.scope_id
            and periods.period_start >= months.period_start
    group by periods.scope_type, periods.scope_id, periods.period_start
)

select * from final
