with frame as (
    select * from {{ ref('int_indicator_frame') }}
),

inputs as (
    select * from {{ ref('int_indicator_sum') }}
),

months as (
    select * from {{ ref('int_scope_month') }}
),

evidence as (
    select * from {{ ref('int_scope_evidence') }}
),

firsts as (
    select * from {{ ref('int_counted_first') }}
),

-- What is counted can be told from the first day on which all of its elements could be; an element that none has yet is
-- told from its stream, and from its column if that may be left empty.
ever as (
    select
        frame.indicator_id,
        case when count(*) = count(firsts.first_day) then max(firsts.first_day) end as first_day
    from (select distinct indicator_id, unnest(measured_of) as element from frame) as frame
    inner join firsts on frame.element = firsts.element
    group by frame.indicator_id
    union all
    select
        frame.indicator_id,
        case when frame.stands_on = 'records' then min(inputs.period_start) else min(machines.first_day) end as first_day
    from (select distinct indicator_id, stands_on from frame where how in ('own', 'metric')) as frame
    cross join (
        select {{ local_day('min(newest_received_at)') }} as first_day from {{ ref('int_equipment_evidence') }}
    ) as machines
    left join inputs on frame.indicator_id = inputs.indicator_id
    group by frame.indicator_id, frame.stands_on
),

joined as (
    select
        frame.*,
        frame.stands_on = 'records' as of_records,
        frame.stands_on = 'planned_time' as of_plan,
        case
            when inputs.denominator is not null then coalesce(inputs.numerator, 0)
            else inputs.numerator
        end as numerator,
        inputs.denominator,
        coalesce(inputs.n, 0) as n,
        inputs.incomplete_inputs,
        inputs.failed_inputs,
        inputs.judged_inputs,
        inputs.told,
        inputs.metric_reason,
        frame.how in ('share', 'ratio', 'metric') or (frame.how = 'own' and frame.type <> 'CUM') as has_denominator,
        frame.how not in ('median', 'median_per_subject', 'gap') as is_quotient,
        (frame.type = 'CUM' or frame.how = 'distinct') and (frame.protects = 'none' or inputs.indicator_id is null)
            as is_open_count,
        case when frame.stands_on = 'planned_time' then months.coverage end as coverage,
        coalesce(case when frame.type <> 'CUM' then evidence.newest_input_at end, inputs.newest_input_at)
            as newest_machine_at,
        inputs.newest_input_at as newest_row_at,
        case when frame.type = 'CUM' then evidence.failed_checks_so_far else evidence.failed_checks end
            as failed_checks,
        case when frame.type = 'CUM' then evidence.judged_days_so_far else evidence.judged_days end as judged_days
    from frame
    left join inputs
        on
            frame.indicator_id = inputs.indicator_id
            and frame.scope_type = inputs.scope_type
            and frame.scope_id = inputs.scope_id
            and frame.period_start = inputs.period_start
    left join months
        on
            frame.scope_type = months.scope_type
            and frame.scope_id = months.scope_id
            and frame.period_start = months.period_start
    left join evidence
        on
            frame.scope_type = evidence.scope_type
            and frame.scope_id = evidence.scope_id
            and frame.period_start = evidence.period_start
),

-- Unknown is "not assessable" with its reason, never 0. A count may be 0 once the source of it has sent anything; it is
-- open where it protects nobody, or where there is no record that somebody could stand behind.
reasoned as (
    select
        joined.*,
        joined.n < joined.n_min and not joined.is_open_count as is_hidden,
        case when joined.of_records then joined.newest_row_at else joined.newest_machine_at end as newest_input_at,
        case
            when ever.first_day is null then 'no_data'
            when joined.how not in ('own', 'metric') and joined.period_end < ever.first_day then 'no_data'
            when joined.how = 'metric' and joined.incomplete_inputs > 0 then 'no_data'
            when joined.how = 'metric' and joined.newest_row_at is null then coalesce(joined.metric_reason, 'no_data')
            when joined.how = 'metric' then joined.metric_reason
            when joined.how in ('median', 'median_per_subject', 'gap', 'latest') and joined.numerator is null then 'no_data'
            when joined.is_open_count then null
            when joined.coverage < joined.coverage_min or (joined.of_plan and joined.coverage is null)
                then 'low_coverage'
            when joined.has_denominator and coalesce(joined.denominator, 0) = 0 then 'no_denominator'
            when joined.n < joined.n_min then 'too_few'
            when joined.incomplete_inputs > 0 then 'no_data'
        end as reason
    from joined
    left join ever on joined.indicator_id = ever.indicator_id
),

-- Fewer than the definition asks for: nobody is told from what the value would be made, nor how many they were.
valued as (
    select
        * exclude (numerator, denominator, n),
        case when not is_hidden and is_quotient then numerator end as numerator,
        case when not is_hidden and has_denominator then denominator end as denominator,
        case when not is_hidden then n end as n,
        case
            when reason is not null then null
            when how in ('median', 'median_per_subject', 'gap') then told
            when has_denominator then scale * numerator::double / denominator::double
            else coalesce(numerator, 0)::double
        end as value
    from reasoned
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        indicator_version,
        period_end,
        value,
        unit,
        numerator::decimal(28, 6) as numerator,
        denominator::decimal(28, 6) as denominator,
        n,
        case when coverage is not null then least(coverage, 1) end as coverage,
        newest_input_at,
        case
            when newest_input_at is not null
                then greatest(date_diff('second', newest_input_at, least(as_of, ends_at)), 0)
        end::bigint as freshness_s,
        case
            when of_records and failed_inputs > 0 then 'warned'
            when of_records and judged_inputs > 0 then 'passed'
            when of_records then 'unjudged'
            when failed_checks > 0 then 'warned'
            when judged_days > 0 then 'passed'
            else 'unjudged'
        end as quality_state,
        reason is null as assessable,
        reason,
        as_of,
        row_number() over (
            partition by indicator_id, scope_type, scope_id
            order by (type = 'CUM' or not is_open) desc, period_start desc
        ) = 1 as is_latest,
        is_open
    from valued
)

select * from final
