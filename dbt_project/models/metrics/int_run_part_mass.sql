with runs as (
    select * from {{ ref('fct_run') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

outputs as (
    select * from {{ ref('int_run_output') }}
),

final as (
    select
        runs.run_id,
        products.part_mass_kg::double as product_part_kg,
        runs.part_mass_kg::double
        / coalesce(nullif(runs.planned_quantity, 0), nullif(outputs.pq, 0))::double as job_part_kg
    from runs
    left join outputs on runs.run_id = outputs.run_id
    left join products
        on
            runs.product = products.product_id
            and coalesce(runs.ended_at, runs.started_at)::date between products.valid_from and products.valid_to
)

select * from final
