with runs as (
    select * from {{ ref('fct_run') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

outputs as (
    select * from {{ ref('int_run_output') }}
),

-- The job file knows what was built; the registry has one mass of a product for all its jobs.
final as (
    select
        runs.run_id,
        coalesce(
            runs.part_mass_kg::double
            / coalesce(nullif(runs.planned_quantity, 0), nullif(outputs.pq, 0))::double,
            products.part_mass_kg::double
        ) as part_kg
    from runs
    left join outputs on runs.run_id = outputs.run_id
    left join products
        on
            runs.product = products.product_id
            and {{ local_day('coalesce(runs.ended_at, runs.started_at)') }}
            between products.valid_from and products.valid_to
)

select * from final
