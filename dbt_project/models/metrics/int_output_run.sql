with runs as (
    {{ runs_to_join() }}
),

outputs as (
    select * from {{ ref('int_output_current') }}
),

{{ with_run('outputs') }},

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
    from with_run
)

select * from final
