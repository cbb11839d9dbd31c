with charts as (
    select *
    from
        (
            values
            ('xbar_r', 'xbar', true),
            ('xbar_r', 'r', false),
            ('xbar_s', 'xbar', true),
            ('xbar_s', 's', false),
            ('i_mr', 'x', true),
            ('i_mr', 'mr', false),
            ('p', 'p', true),
            ('np', 'np', true),
            ('c', 'c', true),
            ('u', 'u', true)
        ) as listed (chart, statistic, is_location) -- noqa: AL05
),

final as (
    select * from charts
)

select * from final
