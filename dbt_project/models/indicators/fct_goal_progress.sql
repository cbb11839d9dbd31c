-- How far a goal has come: the geometric mean of its steps, told only where at least 60 % of its indicators can be
-- judged, with the least and the most that leaving out one step would give. A step is the mean of its indicators; each
-- counts from 0.01 to 1.2: the mean has no meaning at or below 0, and one indicator shall not carry a goal. Rounded,
-- for the logarithms are.
with indicators as (
    select * from {{ ref('dim_indicator') }}
    where of_indicator is null and kind <> 'context'
),

progress as (
    select * from {{ ref('fct_indicator_progress') }}
),

totals as (
    select
        goal_id,
        count(*) as indicators
    from indicators
    group by goal_id
),

scopes as (
    select distinct
        indicators.goal_id,
        progress.scope_type,
        progress.scope_id
    from progress
    inner join indicators on progress.indicator_id = indicators.indicator_id
    union
    select
        goal_id,
        'programme' as scope_type,
        'nms' as scope_id
    from totals
),

-- In the order of the steps: a sum of doubles depends on its order.
steps as (
    select
        indicators.goal_id,
        progress.scope_type,
        progress.scope_id,
        indicators.step_id,
        count(*) as judged,
        (sum(least(greatest(progress.progress, 0.01), 1.2)::decimal(18, 9)) / count(*))::double as reached
    from progress
    inner join indicators on progress.indicator_id = indicators.indicator_id
    where progress.progress is not null
    group by indicators.goal_id, progress.scope_type, progress.scope_id, indicators.step_id
),

logged as (
    select
        *,
        ln(reached)::decimal(28, 12) as log_reached
    from steps
),

sums as (
    select
        *,
        sum(log_reached) over (partition by goal_id, scope_type, scope_id) as log_sum,
        count(*) over (partition by goal_id, scope_type, scope_id) as steps
    from logged
),

levels as (
    select
        goal_id,
        scope_type,
        scope_id,
        sum(judged)::bigint as judged,
        count(*) as steps,
        exp(max(log_sum)::double / count(*)) as reached,
        min(case when steps > 1 then exp((log_sum - log_reached)::double / (steps - 1)) end) as reached_low,
        max(case when steps > 1 then exp((log_sum - log_reached)::double / (steps - 1)) end) as reached_high
    from sums
    group by goal_id, scope_type, scope_id
),

final as (
    select
        scopes.goal_id,
        scopes.scope_type,
        scopes.scope_id,
        totals.indicators,
        coalesce(levels.judged, 0) as judged,
        coalesce(levels.steps, 0) as steps,
        coalesce(levels.judged, 0) >= 0.6 * totals.indicators as assessable,
        case when levels.judged >= 0.6 * totals.indicators then round(levels.reached, 9) end as reached,
        case when levels.judged >= 0.6 * totals.indicators then round(levels.reached_low, 9) end as reached_low,
        case when levels.judged >= 0.6 * totals.indicators then round(levels.reached_high, 9) end as reached_high
    from scopes
    inner join totals on scopes.goal_id = totals.goal_id
    left join levels
        on
            scopes.goal_id = levels.goal_id
            and scopes.scope_type = levels.scope_type
            and scopes.scope_id = levels.scope_id
)

select * from final
