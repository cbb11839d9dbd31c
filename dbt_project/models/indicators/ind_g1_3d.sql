-- Inputs of G1.3d: of each machine that is fed with material, the emissions of its electricity and material of the
-- month, by the factors that held on its last day, over its good parts.
with frame as (
    select * from {{ ref('int_indicator_frame') }}
    where indicator_id = 'G1.3d'
),

members as (
    select distinct
        scope_type,
        scope_id,
        equipment_id
    from {{ ref('int_scope_equipment') }}
),

factors as (
    select * from {{ ref('stg_registry__emission_factors') }}
),

sums as (
    select
        scope_id as equipment_id,
        period_start,
        sum(value) filter (where element = 'ENERGY') as energy_kwh,
        sum(case element when 'POWDER_LOADED' then value when 'POWDER_RECOVERED' then -value end) as material_kg,
        sum(value) filter (where element = 'GQ') as good,
        coalesce(sum(missing) filter (where element in ('ENERGY', 'POWDER_LOADED', 'POWDER_RECOVERED', 'GQ')), 0) > 0
            as incomplete
    from {{ ref('met_element_period') }}
    where scope_type = 'equipment'
    group by scope_id, period_start
),

weighed as (
    select
        frame.*,
        sums.equipment_id,
        sums.good,
        sums.energy_kwh * electricity.factor + sums.material_kg * material.factor as emitted_kg,
        case
            when sums.incomplete or sums.energy_kwh is null then 'quantity_missing'
            when electricity.factor is null or material.factor is null then 'factor_missing'
        end as reason
    from frame
    inner join members on frame.scope_type = members.scope_type and frame.scope_id = members.scope_id
    inner join sums
        on
            members.equipment_id = sums.equipment_id
            and frame.period_start = sums.period_start
            and sums.material_kg is not null
    left join factors as electricity
        on
            electricity.carrier = 'electricity'
            and frame.period_end between electricity.valid_from and electricity.valid_to
    left join factors as material
        on material.carrier = 'material' and frame.period_end between material.valid_from and material.valid_to
),

final as (
    select
        indicator_id,
        scope_type,
        scope_id,
        period_start,
        'equipment' as input_kind,
        equipment_id as input_id,
        case when reason is null then emitted_kg end::decimal(28, 6) as numerator,
        case when reason is null then good end::decimal(28, 6) as denominator,
        case when reason is null then floor(good) else 0 end::bigint as n,
        reason is null as included,
        reason,
        null::timestamptz as input_at,
        null::boolean as failed
    from weighed
)

select * from final
