-- What the platform's own data shows of a testbed's maturity, by the stages of acatech: to be seen beside what it says
-- of itself, never instead of it. 2: machines that send. 3: planned time whose state is known. 4: stops with a reason.
with machines as (
    select * from {{ ref('int_scope_equipment') }}
    where scope_type = 'testbed'
),

periods as (
    select * from {{ ref('int_period') }}
),

sent as (
    select distinct
        equipment as equipment_id,
        date_trunc('month', event_date)::date as period_start
    from {{ ref('sum_stream_quality') }}
    where equipment is not null
),

connected as (
    select
        machines.scope_id as testbed_id,
        periods.period_start,
        2 as acatech_stage,
        count(distinct sent.equipment_id)::decimal(28, 6) as numerator,
        count(distinct machines.equipment_id)::decimal(28, 6) as denominator
    from machines
    inner join periods on machines.valid_from <= periods.period_end and periods.period_start <= machines.valid_to
    left join sent on machines.equipment_id = sent.equipment_id and periods.period_start = sent.period_start
    group by machines.scope_id, periods.period_start
),

visible as (
    select
        scope_id as testbed_id,
        period_start,
        3 as acatech_stage,
        known_s::decimal(28, 6) as numerator,
        pot_s::decimal(28, 6) as denominator
    from {{ ref('int_scope_month') }}
    where scope_type = 'testbed'
),

transparent as (
    select
        scope_id as testbed_id,
        period_start,
        4 as acatech_stage,
        numerator::decimal(28, 6) as numerator,
        denominator::decimal(28, 6) as denominator
    from {{ ref('met_kpi_period') }}
    where scope_type = 'testbed' and metric_id = 'reason_coverage'
),

united as (
    select * from connected
    union all
    select * from visible
    union all
    select * from transparent
),

final as (
    select
        testbed_id,
        period_start,
        acatech_stage,
        numerator,
        denominator,
        least({{ ratio('numerator', 'denominator') }}, 1) as share
    from united
)

select * from final
