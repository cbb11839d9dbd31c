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

regions as (
    select
        'region' as scope_type,
        places.region_id as scope_id,
        months.period_start,
        {%- for column in columns %}
        sum(months.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('met_testbed_month') }} as months
    inner join {{ ref('dim_testbed') }} as places on months.testbed_id = places.testbed_id
    group by places.region_id, months.period_start
),

subprojects as (
    select
        'subproject' as scope_type,
        owners.subproject_id as scope_id,
        months.period_start,
        {%- for column in columns %}
        sum(months.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from {{ ref('met_pilot_month') }} as months
    inner join {{ ref('dim_pilot') }} as owners on months.pilot_id = owners.pilot_id
    group by owners.subproject_id, months.period_start
),

united as (
    select * from programme
    union all
    select * from regions
    union all
    select * from subprojects
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
