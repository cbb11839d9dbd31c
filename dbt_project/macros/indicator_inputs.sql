{#- Inputs of an indicator that counts organisations: each participation that fulfils the condition, up to the period's end;
    the first of an organisation counts, later ones repeat it. Reads the CTE `frame`. -#}
{% macro first_participations(condition) -%}
select
    frame.indicator_id,
    frame.scope_type,
    frame.scope_id,
    frame.period_start,
    'participation' as input_kind,
    counted.event_id as input_id,
    (counted.occurrence = 1)::int::decimal(28, 6) as numerator,
    null::decimal(28, 6) as denominator,
    (counted.occurrence = 1)::int::bigint as n,
    counted.occurrence = 1 as included,
    case when counted.occurrence > 1 then 'repeat' end as reason,
    counted.received_at as input_at,
    counted.failed
from frame
inner join (
    select
        *,
        row_number() over (
            partition by scope_type, scope_id, org_nr
            order by activity_date, event_id
        ) as occurrence
    from {{ ref('int_scope_participation') }}
    where {{ condition }}
) as counted
    on
        frame.scope_type = counted.scope_type
        and frame.scope_id = counted.scope_id
        and frame.period_end >= counted.activity_date
{%- endmacro %}

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
