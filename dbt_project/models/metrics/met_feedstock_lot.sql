with movements as (
    select * from {{ ref('int_feedstock_movement') }}
),

counts as (
    select * from {{ ref('int_feedstock_count') }}
),

runs as (
    select * from {{ ref('met_elements_run') }}
),

part_masses as (
    select * from {{ ref('int_run_element_feedstock') }}
    where element = 'PART_MASS'
),

sides as (
    select
        lot,
        equipment_id,
        movement,
        material,
        mass_kg,
        run_id,
        is_virgin,
        observed_at
    from movements
    union all
    select
        into_lot as lot,
        equipment_id,
        'blended_in' as movement,
        material,
        mass_kg,
        run_id,
        is_virgin,
        observed_at
    from movements
    where movement = 'blended' and into_lot is not null
),

summed as (
    select
        lot,
        max(material) as material,
        {%- for movement in ['received', 'loaded', 'recovered', 'blended_in', 'blended', 'waste'] %}
        coalesce(sum(mass_kg) filter (where movement = '{{ movement }}'), 0)::decimal(28, 6) as {{ movement }}_kg,
        {%- endfor %}
        coalesce(sum(mass_kg) filter (where movement = 'waste' and run_id is not null), 0) as run_waste_kg,
        coalesce(sum(mass_kg) filter (where movement = 'blended_in' and is_virgin), 0) as virgin_in_kg,
        count(*) filter (where movement = 'blended_in' and is_virgin is null) as unknown_blends,
        min(observed_at) as first_moved_at,
        max(observed_at) as last_moved_at
    from sides
    group by lot
),

-- What a closed run took and gave back: the rest is in its parts, or nobody knows where.
of_runs as (
    select
        movements.run_id,
        sum(movements.mass_kg) filter (where movements.movement = 'loaded') as loaded_kg,
        coalesce(
            sum(movements.mass_kg) filter (where movements.movement in ('recovered', 'waste')), 0
        ) as back_kg,
        any_value(part_masses.value) filter (where part_masses.missing = 0) as part_kg
    from movements
    inner join runs on movements.run_id = runs.run_id
    left join part_masses on movements.run_id = part_masses.run_id
    where runs.closed
    group by movements.run_id
    having sum(movements.mass_kg) filter (where movements.movement = 'loaded') > 0
),

-- Of several lots in one run each has its share of the load in what is missing.
lost as (
    select
        movements.lot,
        sum((
            (of_runs.loaded_kg - of_runs.back_kg - of_runs.part_kg)::double
            * movements.mass_kg::double / of_runs.loaded_kg::double
        )::decimal(28, 6)) as unaccounted_kg,
        bool_or(of_runs.part_kg is null) as part_missing
    from movements
    inner join of_runs on movements.run_id = of_runs.run_id
    where movements.movement = 'loaded'
    group by movements.lot
),

final as (
    select
        summed.lot,
        summed.material,
        summed.first_moved_at,
        summed.last_moved_at,
        summed.received_kg,
        summed.loaded_kg,
        summed.recovered_kg,
        summed.blended_in_kg,
        summed.blended_kg as blended_out_kg,
        summed.waste_kg,
        (
            summed.received_kg + summed.recovered_kg + summed.blended_in_kg
            - summed.loaded_kg - summed.blended_kg - (summed.waste_kg - summed.run_waste_kg)
        )::decimal(28, 6) as balance_kg,
        case when not coalesce(lost.part_missing, false) then coalesce(lost.unaccounted_kg, 0) end::decimal(28, 6)
            as unaccounted_kg,
        counts.reuse_count_max,
        counts.reuse_count_mean,
        case when summed.unknown_blends = 0 then {{ ratio('summed.virgin_in_kg', 'summed.blended_in_kg') }} end
            as refresh_ratio
    from summed
    left join lost on summed.lot = lost.lot
    left join counts on summed.lot = counts.lot
)

select * from final
