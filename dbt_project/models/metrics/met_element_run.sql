-- The elements of every room, by run.
with united as (
    {%- for room in element_rooms() if room not in rooms_without_runs() %}
    {{ 'union all' if not loop.first }}
    select
        run_id,
        element,
        value,
        n,
        missing
    from {{ ref('int_run_element_' ~ room) }}
    {%- endfor %}
),

final as (
    select * from united
)

select * from final
