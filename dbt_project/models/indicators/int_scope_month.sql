-- The summed elements of every scope, so that an indicator of machines is one line for all of them.
{%- set columns = month_times() + ['closed_runs', 'runs_without_quantity', 'runs_without_planned_time'] %}
with programme as (
    select
        'programme' as scope_type,
        'nms' as scope_id,
        period_start,
        {%- for column in columns %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('met_equipment_month') }}
    group by period_start
),

testbeds as (
    select
        'testbed' as scope_type,
        testbed_id as scope_id,
        period_start,
        {{ columns | join(',\n        ') }}
    from {{ ref('met_testbed_month') }}
),

pilots as (
    select
        'pilot' as scope_type,
        pilot_id as scope_id,
        period_start,
        {{ columns | join(',\n        ') }}
    from {{ ref('met_pilot_month') }}
),

united as (
    select * from programme
    union all
    select * from testbeds
    union all
    select * from pilots
),

final as (
    select
        *,
        {{ ratio('known_s', 'pot_s') }} as coverage
    from united
)

select * from final
