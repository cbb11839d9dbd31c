with movements as (
    select * from {{ ref('int_feedstock_current') }}
),

loaded as (
    select
        equipment_id,
        run_ref,
        lot,
        min(observed_at) as loaded_at,
        sum(mass_kg) as loaded_kg
    from movements
    where movement = 'loaded' and run_ref is not null
    group by equipment_id, run_ref, lot
),

recovered as (
    select
        equipment_id,
        run_ref,
        lot,
        coalesce(equipment_id || ':' || run_ref, event_id || ':' || part) as build_name,
        min(observed_at) as recovered_at,
        sum(mass_kg) as recovered_kg,
        max(reuse_count) as reuse_count
    from movements
    where movement = 'recovered'
    group by all
),

loads as (
    select
        equipment_id,
        run_ref,
        sum(loaded_kg) as run_kg,
        bool_or(loaded_kg > 0) as any_kg
    from loaded
    group by equipment_id, run_ref
),

-- Back under its own name a lot has seen one build more. Under another name it is powder of what was loaded: of each
-- lot the part that it had of the load.
final as (
    select
        recovered.lot,
        recovered.build_name,
        recovered.recovered_at,
        recovered.reuse_count,
        case when own.lot is null then loaded.lot end as from_lot,
        case when own.lot is null then loaded.loaded_at end as loaded_at,
        case
            when own.lot is null and loads.any_kg
                then (recovered.recovered_kg::double * loaded.loaded_kg::double / loads.run_kg::double)
            else recovered.recovered_kg
        end::decimal(28, 6) as mass_kg
    from recovered
    left join loaded as own
        on recovered.equipment_id = own.equipment_id and recovered.run_ref = own.run_ref and recovered.lot = own.lot
    left join loads on recovered.equipment_id = loads.equipment_id and recovered.run_ref = loads.run_ref
    left join loaded
        on
            own.lot is null
            and recovered.equipment_id = loaded.equipment_id
            and recovered.run_ref = loaded.run_ref
)

select * from final
