-- The local calendar months from the start of the programme to the newest data.
with refresh as (
    select
        programme_start,
        as_of,
        {{ local_day('as_of') }} as last_day
    from {{ ref('stg_refresh') }}
),

months as (
    select
        as_of,
        last_day,
        unnest(
            generate_series(date_trunc('month', programme_start), date_trunc('month', last_day), interval 1 month)
        )::date as period_start
    from refresh
),

final as (
    select
        period_start,
        (period_start + interval 1 month - interval 1 day)::date as period_end,
        {{ local_instant('(period_start + interval 1 month)::date') }} as ends_at,
        last_day < (period_start + interval 1 month)::date as is_open,
        as_of
    from months
)

select * from final
