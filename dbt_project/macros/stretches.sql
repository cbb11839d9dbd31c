{#- Seconds that a value of a channel holds when no other follows: two may be missed. -#}
{% macro value_holds_s() -%}
3 * interval_s
{%- endmacro %}

{#- The end of a model of one UTC event day: the rows of `relation` (of a channel, each with started_at and held_until)
    that follow one another without a hole and with the same `same` become one stretch. CTEs up to `final`. -#}
{% macro stretches_in_day(relation, same, carried=[]) -%}
followed as (
    select
        *,
        {%- for column in same %}
        lag({{ column }}) over in_day as {{ column }}_before,
        {%- endfor %}
        lag(held_until) over in_day as held_before,
        max(held_until) over (partition by event_date, equipment_id, channel) as held_at_last
    from {{ relation }}
    window in_day as (partition by event_date, equipment_id, channel order by started_at)
),

beginnings as (
    select * from followed
    where
        held_before is distinct from started_at
        {%- for column in same %}
        or {{ column }}_before is distinct from {{ column }}
        {%- endfor %}
),

final as (
    select
        event_date,
        equipment_id,
        channel,
        {%- for column in carried + same %}
        {{ column }},
        {%- endfor %}
        started_at,
        coalesce(
            lead(held_before) over (partition by event_date, equipment_id, channel order by started_at), held_at_last
        ) as held_until
    from beginnings
)
{%- endmacro %}

{#- The stretches of all days: the last of a day holds over midnight until the next value, of whatever day, or as long as
    its channel allows. No value of another day lies within the others, so the next day's first may end any of them:
    what is sorted is days, not stretches. -#}
{% macro stretches_over_midnight(relation, columns) -%}
with stretches as (
    select * from {{ relation }}
),

firsts as (
    select
        equipment_id,
        channel,
        event_date,
        min(started_at) as first_at
    from stretches
    group by equipment_id, channel, event_date
),

days as (
    select
        equipment_id,
        channel,
        event_date,
        lead(first_at) over (partition by equipment_id, channel order by event_date) as next_at
    from firsts
),

final as (
    select
        stretches.equipment_id,
        stretches.channel,
        {%- for column in columns %}
        stretches.{{ column }},
        {%- endfor %}
        stretches.started_at,
        least(stretches.held_until, days.next_at) as ended_at
    from stretches
    inner join days
        on
            stretches.equipment_id = days.equipment_id
            and stretches.channel = days.channel
            and stretches.event_date = days.event_date
)

select * from final
{%- endmacro %}
