with final as (
    select
        chart,
        statistic,
        is_location
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
        ) as charts (chart, statistic, is_location)
)

select * from final
