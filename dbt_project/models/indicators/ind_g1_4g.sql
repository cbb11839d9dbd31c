-- Inputs of G1.4g: each machine of the scope; it counts from the month in which it first sent, if an SME owns it then.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G1.4g'
),

members as (
    select
        scope_type,
        scope_id,
        equipment_id,
        min(valid_from) as valid_from
    from {{ ref('int_scope_equipment') }}
    group by scope_type, scope_id, equipment_id
),

equipment as (
    select
        equipment.equipment_id,
        organisations.actor_kind = 'company'
        and organisations.size_class in ('micro', 'small', 'medium') as is_sme,
        evidence.first_day,
        evidence.newest_observed_at,
        equipment.valid_from,
        equipment.valid_to
    from {{ ref('int_equipment_held') }} as equipment
    left join {{ ref('stg_registry__organisations') }} as organisations on equipment.owner = organisations.org_nr
    left join {{ ref('int_equipment_evidence') }} as evidence on equipment.equipment_id = evidence.equipment_id
),

judged as (
    select
        frame.*,
        equipment.equipment_id,
        equipment.newest_observed_at,
        coalesce(equipment.is_sme, false) as is_sme,
        coalesce(equipment.first_day <= frame.period_end, false) as has_sent
    from frame
    inner join members
        on
            frame.scope_type = members.scope_type
            and frame.scope_id = members.scope_id
            and frame.period_end >= members.valid_from
    inner join equipment
        on
            members.equipment_id = equipment.equipment_id
            and frame.period_end between equipment.valid_from and equipment.valid_to
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        'equipment' as input_kind,
        equipment_id as input_id,
        (is_sme and has_sent)::int::decimal(28, 6) as numerator,
        null::decimal(28, 6) as denominator,
        (is_sme and has_sent)::int::bigint as n,
        is_sme and has_sent as included,
        case when not is_sme then 'not_sme' when not has_sent then 'never_sent' end as reason,
        newest_observed_at as input_at,
        null::boolean as failed
    from judged
)

select * from final
