with days as (
    select * from {{ ref('met_booked_day') }}
),

summed as (
    select
        equipment_id,
        date_trunc('month', day)::date as period_start,
        {%- for column in month_times() + month_counts() %}
        sum({{ column }}) as {{ column }}{{ ',' if not loop.last }}
        {%- endfor %}
    from days
    group by equipment_id, date_trunc('month', day)
),

final as (
    {{ month_of_sums('equipment', 'equipment_id', 'summed') }}
)

select * from final
