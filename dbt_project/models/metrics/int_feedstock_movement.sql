with movements as (
    select * from {{ ref('int_feedstock_current') }}
),

runs as (
    select * from {{ ref('fct_run') }}
),

counts as (
    select * from {{ ref('int_feedstock_count') }}
),

-- Feedstock is loaded before a run and recovered after it: only its name says to which run a movement belongs.
final as (
    select
        movements.event_date,
        movements.event_id,
        movements.part,
        movements.equipment_id,
        movements.observed_at,
        movements.movement,
        movements.lot,
        movements.into_lot,
        movements.material,
        movements.mass_kg,
        movements.reuse_count,
        runs.run_id,
        coalesce(
            movements.virgin, movements.reuse_count = 0, counts.reuse_count_max = 0
        ) as is_virgin
    from movements
    left join runs on movements.equipment_id = runs.equipment_id and movements.run_ref = runs.run_ref
    left join counts on movements.lot = counts.lot
)

select * from final
