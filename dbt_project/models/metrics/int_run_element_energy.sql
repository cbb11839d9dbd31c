with elements as (
    select
        *,
        unnest(case boundary when 'machine' then ['ENERGY', 'ENERGY_ALL'] else ['ENERGY_ALL'] end) as element
    from {{ ref('int_run_energy') }}
),

final as (
    select
        run_id,
        element,
        sum(energy_kwh)::decimal(28, 6) as value,
        sum(pieces)::bigint as n,
        bool_or(is_untold or is_cut)::int::bigint as missing
    from elements
    group by run_id, element
)

select * from final
