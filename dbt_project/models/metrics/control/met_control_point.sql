with signals as (
    select * from {{ ref('int_spc_signal') }}
    where basis = 'current'
),

final as (
    select * exclude (basis) from signals
)

select * from final
