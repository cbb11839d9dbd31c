{#- The denominator of an indicator that stands on planned time: a column of each machine's calendar. Reads the CTE `frame`. -#}
{% macro planned_time(seconds) -%}
select
    frame.indicator_id,
    frame.scope_type,
    frame.scope_id,
    frame.period_start,
    'calendar' as input_kind,
    calendar.equipment_id as input_id,
    null::decimal(28, 6) as numerator,
    calendar.{{ seconds }}::decimal(28, 6) as denominator,
    0::bigint as n,
    not calendar.plan_missing as included,
    case when calendar.plan_missing then 'calendar_missing' end as reason,
    null::timestamptz as input_at,
    null::boolean as failed
from frame
inner join {{ ref('int_scope_calendar') }} as calendar
    on
        frame.scope_type = calendar.scope_type
        and frame.scope_id = calendar.scope_id
        and frame.period_start = calendar.period_start
{%- endmacro %}
