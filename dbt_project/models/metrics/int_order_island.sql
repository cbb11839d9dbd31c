-- Stretches in which at least one order is open on a machine: overlapping runs count their shared time once.
with spans as (
    select * from {{ ref('int_run_span') }}
    where started_at < ended_at
),

marked as (
    select
        *,
        started_at > max(ended_at) over (
            partition by equipment_id
            order by started_at, run_id
            rows between unbounded preceding and 1 preceding
        ) as begins
    from spans
),

numbered as (
    select
        *,
        sum(coalesce(begins, true)::bigint) over (
            partition by equipment_id order by started_at, run_id
        ) as island
    from marked
),

final as (
    select
        equipment_id,
        min(started_at) as started_at,
        max(ended_at) as ended_at
    from numbered
    group by equipment_id, island
)

select * from final
