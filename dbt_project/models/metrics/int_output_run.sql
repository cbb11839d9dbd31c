with runs as (
    select
        *,
        coalesce(ended_at, 'infinity'::timestamptz) as open_until
    from {{ ref('fct_run') }}
),

outputs as (
    select * from {{ ref('int_output_current') }}
),

by_name as (
    select
        outputs.*,
        runs.run_id,
        runs.product as run_product
    from outputs
    left join runs on outputs.equipment_id = runs.equipment_id and outputs.run_ref = runs.run_ref
    where outputs.run_ref is not null
),

by_time as (
    select
        outputs.*,
        runs.run_id,
        runs.product as run_product
    from outputs
    left join runs
        on
            outputs.equipment_id = runs.equipment_id
            and outputs.observed_at >= runs.started_at
            and outputs.observed_at <= runs.open_until
    where outputs.run_ref is null
    qualify row_number() over (
        partition by outputs.event_id, outputs.part order by runs.started_at desc, runs.run_id desc
    ) = 1
),

joined as (
    select * from by_name
    union all
    select * from by_time
),

final as (
    select
        event_date,
        event_id,
        part,
        equipment_id,
        observed_at,
        run_id,
        coalesce(product, run_product) as product,
        produced_quantity,
        good_quantity,
        scrap_quantity,
        rework_quantity
    from joined
)

select * from final
