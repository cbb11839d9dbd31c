with summary as (
    select * from {{ ref('sum_stream_quality') }}
),

final as (
    select
        equipment as equipment_id,
        min(event_date) as first_day,
        max(newest_observed_at) as newest_observed_at,
        max(newest_received_at) as newest_received_at
    from summary
    where equipment is not null
    group by equipment
)

select * from final
