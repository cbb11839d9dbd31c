with runs as (
    select * from {{ ref('met_elements_run') }}
),

-- A median is no sum: it stays with its run.
elements as (
    select * from {{ ref('int_run_element_layers') }}
    where element not in ('LAYER_MEDIAN', 'LAYER_MAD')
),

collected as (
    {{ booked_elements() }}
),

final as (
    {{ summed_elements('collected') }}
)

select * from final
