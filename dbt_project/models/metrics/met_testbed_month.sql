with months as (
    select * from {{ ref('met_equipment_month') }}
),

equipment as (
    select * from {{ ref('int_equipment_newest') }}
),

summed as (
    select
        equipment.testbed_id,
        months.period_start,
        {%- for column in month_times() + month_counts() %}
        sum(months.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from months
    inner join equipment on months.equipment_id = equipment.equipment_id
    group by equipment.testbed_id, months.period_start
),

final as (
    {{ month_of_sums('testbed_id', 'summed') }}
)

select * from final
