-- Which machines have their elements in which scope: a machine is one itself.
with machines as (
    select distinct equipment_id
    from {{ ref('int_equipment_held') }}
),

final as (
    select
        scope_type,
        scope_id,
        equipment_id,
        share,
        valid_from,
        valid_to
    from {{ ref('int_scope_equipment') }}
    where scope_type in ('programme', 'testbed', 'pilot')
    union all
    select
        'equipment' as scope_type,
        equipment_id as scope_id,
        equipment_id,
        1::decimal(5, 4) as share,
        date '0001-01-01' as valid_from,
        date '9999-12-31' as valid_to
    from machines
)

select * from final
