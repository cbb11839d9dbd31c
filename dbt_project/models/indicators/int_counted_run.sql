{#- What runs count, in each scope by the share of the machine on the day on which they are booked. -#}
{%- set elements = counted_elements()['run'] -%}
with records as (
    select
        members.scope_type,
        members.scope_id,
        members.share,
        runs.*
    from {{ ref('int_run_record') }} as runs
    inner join {{ ref('int_scope_equipment') }} as members
        on
            runs.equipment_id = members.equipment_id
            and runs.booked_day between members.valid_from and members.valid_to
)
{% for element in elements %}
{{ 'union all' if not loop.first }}
select
    '{{ element.name }}' as element,
    'run' as of_stream,
    scope_type,
    scope_id,
    ({{ element.subject }})::varchar as subject,
    booked_day as day,
    null::date as counts_until,
    (({{ element.amount }}) * share)::decimal(28, 6) as amount,
    false as is_once,
    ({{ element.protected }})::varchar as protected,
    event_id,
    booked_day as event_date,
    ended_at as received_at,
    null::boolean as failed
from records
where {{ element.where }}
{%- endfor %}
