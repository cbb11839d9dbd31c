with outputs as (
    select * from {{ ref('int_output_run') }}
    where run_id is not null
),

products as (
    select * from {{ ref('dim_product') }}
),

priced as (
    select
        outputs.*,
        products.planned_run_time_s as pri_s
    from outputs
    left join products
        on
            outputs.product = products.product_id
            and outputs.event_date between products.valid_from and products.valid_to
),

summed as (
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
),

-- More good than produced is a contradiction: how many were good is then as unknown as if nobody had said it.
final as (
    select
        run_id,
        pq,
        case when gq <= pq then gq end as gq,
        sq,
        rq,
        pri_pq_s,
        case when gq <= pq then pri_gq_s end as pri_gq_s,
        good_missing or gq > pq as good_missing,
        pri_missing
    from summed
)

select * from final
