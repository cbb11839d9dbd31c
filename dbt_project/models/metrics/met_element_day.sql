-- The elements of every room. Whoever adds a kind of record adds a room (macros/metrics.sql), and nothing else changes.
with united as (
    {%- for room in element_rooms() %}
    {{ 'union all' if not loop.first }}
    select
        equipment_id,
        day,
        element,
        value,
        n,
        missing
    from {{ ref('int_element_' ~ room) }}
    {%- endfor %}
),

final as (
    select * from united
)

select * from final
