with days as (
    select
        *,
        list_contains({{ whole_elements() }}, element) as is_whole
    from {{ ref('met_element_day') }}
),

scopes as (
    select * from {{ ref('int_metric_scope') }}
),

-- By the share of the machine that works for the scope on the day on which it is booked; contributions are whole.
final as (
    select
        scopes.scope_type,
        scopes.scope_id,
        date_trunc('month', days.day)::date as period_start,
        days.element,
        sum((days.value * case when days.is_whole then 1 else scopes.share end)::decimal(38, 10))::decimal(28, 6)
            as value,
        sum(days.n)::bigint as n,
        sum(days.missing)::bigint as missing,
        count(distinct days.equipment_id)::bigint as machines
    from days
    inner join scopes
        on
            days.equipment_id = scopes.equipment_id
            and days.day between scopes.valid_from and scopes.valid_to
    group by scopes.scope_type, scopes.scope_id, date_trunc('month', days.day), days.element
)

select * from final
