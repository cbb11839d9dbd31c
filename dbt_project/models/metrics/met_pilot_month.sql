with days as (
    select * from {{ ref('met_booked_day') }}
),

allocations as (
    select * from {{ ref('fct_allocation') }}
),

-- Times and quantities by the share of the machine that works for the pilot on the day they are booked; runs are whole.
summed as (
    select
        allocations.pilot_id,
        date_trunc('month', days.day)::date as period_start,
        {%- for column in month_times() %}
        sum((days.{{ column }} * allocations.share)::decimal(38, 10)) as {{ column }},
        {%- endfor %}
        {%- for column in month_counts() %}
        sum(days.{{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from days
    inner join allocations
        on
            days.equipment_id = allocations.equipment_id
            and days.day between allocations.valid_from and allocations.valid_to
    group by allocations.pilot_id, date_trunc('month', days.day)
),

final as (
    {{ month_of_sums('pilot', 'pilot_id', 'summed') }}
)

select * from final
