with runs as (
    select * from {{ ref('met_elements_run') }}
),

elements as (
    select * from {{ ref('int_run_element_feedstock') }}
),

-- What names no run is of its own day. `received` is bought, not used: it is in the lots alone.
outside as (
    select
        *,
        {{ local_day('observed_at') }} as day
    from {{ ref('int_feedstock_movement') }}
    where run_id is null
),

collected as (
    {{ booked_elements() }}
    union all
    {%- for element, condition in [
        ('POWDER_LOADED', "movement = 'loaded'"),
        ('POWDER_RECOVERED', "movement = 'recovered'"),
        ('POWDER_WASTE', "movement = 'waste'"),
        ('POWDER_VIRGIN', "movement = 'blended' and is_virgin"),
        ('POWDER_USED_IN_BLEND', "movement = 'blended' and not is_virgin"),
    ] %}
    select
        equipment_id,
        day,
        '{{ element }}' as element,
        mass_kg as value,
        1 as n,
        0 as missing
    from outside
    where {{ condition }}
    union all
    {%- endfor %}
    select
        equipment_id,
        day,
        'REUSE_MASS' as element,
        coalesce((mass_kg * reuse_count)::decimal(28, 6), 0) as value,
        (reuse_count is not null)::int as n,
        (reuse_count is null)::int as missing
    from outside
    where movement = 'loaded'
    union all
    select
        equipment_id,
        day,
        unnest(['POWDER_VIRGIN', 'POWDER_USED_IN_BLEND']) as element,
        0 as value,
        0 as n,
        1 as missing
    from outside
    where movement = 'blended' and is_virgin is null
),

final as (
    {{ summed_elements('collected') }}
)

select * from final
