with runs as (
    select * from {{ ref('fct_run') }}
),

outputs as (
    select * from {{ ref('int_output_current') }}
),

products as (
    select * from {{ ref('dim_product') }}
),

-- An output belongs to the run that it names; without a name, to the run of the machine that it falls into.
by_name as (
    select
        runs.run_id,
        runs.product as run_product,
        outputs.*
    from runs
    inner join outputs
        on runs.equipment_id = outputs.equipment_id and runs.run_ref = outputs.run_ref
),

by_time as (
    select
        runs.run_id,
        runs.product as run_product,
        outputs.*
    from runs
    inner join outputs
        on
            runs.equipment_id = outputs.equipment_id
            and outputs.run_ref is null
            and outputs.observed_at >= runs.started_at
            and outputs.observed_at <= runs.ended_at
    qualify row_number() over (
        partition by outputs.event_id, outputs.part order by runs.started_at desc, runs.run_id asc
    ) = 1
),

joined as (
    select * from by_name
    union all
    select * from by_time
),

priced as (
    select
        joined.*,
        products.planned_run_time_s as pri_s
    from joined
    left join products
        on
            coalesce(joined.product, joined.run_product) = products.product_id
            and joined.event_date between products.valid_from and products.valid_to
),

final as (
    select
        run_id,
        sum(produced_quantity) as pq,
        sum(good_quantity) as gq,
        sum(scrap_quantity) as sq,
        sum(rework_quantity) as rq,
        sum((pri_s * produced_quantity)::decimal(28, 6)) as pri_pq_s,
        sum((pri_s * good_quantity)::decimal(28, 6)) as pri_gq_s,
        bool_or(good_quantity is null) as good_missing,
        bool_or(pri_s is null) as pri_missing
    from priced
    group by run_id
)

select * from final
