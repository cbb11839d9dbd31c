with days as (
    select * from {{ ref('met_booked_day') }}
),

equipment as (
    select * from {{ ref('int_equipment_held') }}
),

-- A machine counts where it stood on the day: a move rewrites nothing.
summed as (
    select
        equipment.testbed_id,
        date_trunc('month', days.day)::date as period_start,
        {%- for column in month_times() + month_counts() %}
        sum(days.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from days
    inner join equipment
        on
            days.equipment_id = equipment.equipment_id
            and days.day between equipment.valid_from and equipment.valid_to
    group by equipment.testbed_id, date_trunc('month', days.day)
),

final as (
    {{ month_of_sums('testbed', 'testbed_id', 'summed') }}
)

select * from final
