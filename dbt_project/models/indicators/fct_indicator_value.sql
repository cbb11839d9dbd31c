with frame as (
    select * from {{ ref('int_indicator_frame') }}
),

inputs as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        sum(numerator) as numerator,
        sum(denominator) as denominator,
        sum(n)::bigint as n,
        max(input_at) filter (where included) as newest_input_at,
        count(*) filter (where failed) as failed_inputs,
        count(failed) as judged_inputs,
        count(*) filter (
            where reason in ('quantity_missing', 'planned_time_missing', 'calendar_missing')
        ) as incomplete_inputs
    from {{ ref('int_indicator_input') }}
    group by indicator_id, scope_type, scope_id, period_start
),

months as (
    select * from {{ ref('int_scope_month') }}
),

evidence as (
    select * from {{ ref('int_scope_evidence') }}
),

ever as (
    select
        'participation' as kind,
        min(received_at) as first_at
    from {{ ref('fct_participation') }}
    union all
    select
        'machines' as kind,
        min(newest_received_at) as first_at
    from {{ ref('int_equipment_evidence') }}
),

joined as (
    select
        frame.*,
        frame.stands_on = 'people' as of_people,
        frame.stands_on = 'planned_time' as of_plan,
        inputs.numerator,
        inputs.denominator,
        coalesce(inputs.n, 0) as n,
        inputs.incomplete_inputs,
        inputs.failed_inputs,
        inputs.judged_inputs,
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

-- Unknown is "not assessable" with its reason, never 0. A count may be 0 once the source of it has sent anything.
reasoned as (
    select
        joined.*,
        case when joined.of_people then joined.newest_row_at else joined.newest_machine_at end as newest_input_at,
        case
            when ever.first_at is null then 'no_data'
            when joined.type = 'CUM' then null
            when joined.coverage < joined.coverage_min or (joined.of_plan and joined.coverage is null)
                then 'low_coverage'
            when coalesce(joined.denominator, 0) = 0 then 'no_denominator'
            when joined.n < joined.n_min then 'too_few'
            when joined.incomplete_inputs > 0 then 'no_data'
        end as reason
    from joined
    left join ever on (case when joined.of_people then 'participation' else 'machines' end) = ever.kind
),

-- Fewer than the definition asks for: nobody is told from what the value would be made, nor how many they were.
valued as (
    select
        * exclude (numerator, denominator, n),
        case when type = 'CUM' or n >= n_min then numerator end as numerator,
        case when type = 'CUM' or n >= n_min then denominator end as denominator,
        case when type = 'CUM' or n >= n_min then n end as n,
        case
            when reason is not null then null
            when type = 'CUM' then coalesce(numerator, 0)::double
            else 100 * numerator::double / denominator::double
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
            when of_people and failed_inputs > 0 then 'warned'
            when of_people and judged_inputs > 0 then 'passed'
            when of_people then 'unjudged'
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
